"""What supervisors read about who did what."""

from playwright.sync_api import expect


def test_a_supervisor_reads_who_logged_in_and_finds_the_way_back(agent):
    vera = agent("vera", online=False)
    vera.page.get_by_role("button", name="Pages").click()
    vera.page.get_by_role("link", name="Audit").click()
    row = vera.page.get_by_role("row").filter(has_text="agent.login").filter(has_text="Vera").first
    expect(row).to_be_visible()

    vera.page.get_by_label("Only this action").fill("agent.nothing")
    vera.page.get_by_label("Only this action").press("Enter")
    expect(vera.page.get_by_text("No entries.")).to_be_visible()

    vera.page.get_by_role("button", name="Pages").click()
    vera.page.get_by_role("link", name="Conversations").click()
    expect(vera.rows("queue").or_(vera.page.get_by_role("region", name="Queue")).first).to_be_visible()


def test_an_agent_has_no_page_for_it(agent):
    lin = agent("lin", online=False)
    lin.page.goto(f"{lin.url}/#/audit")
    expect(lin.page.get_by_role("searchbox")).to_be_visible()
    expect(lin.page.get_by_role("heading", name="Audit")).to_have_count(0)
    lin.page.get_by_role("button", name="Pages").click()
    expect(lin.page.get_by_role("link", name="Conversations")).to_be_visible()
    expect(lin.page.get_by_role("link", name="Audit")).to_have_count(0)
