"""The demonstration: agents to log in as, customers for whom the rules differ, and answers kept ready."""

from handoff_service.agents import repository as agents
from handoff_service.agents.schemas import AgentIn
from handoff_service.agents.service import create
from handoff_service.auth.passwords import Passwords
from handoff_service.canned.examples import add_examples
from handoff_service.customers import repository as customers
from handoff_service.customers.schemas import CustomerIn, IdentityIn
from handoff_service.customers.service import put
from handoff_service.unit import Unit

AGENTS = (
    ("lin@example.com", "Lin", "agent", ["zh", "refund"]),
    ("sam@example.com", "Sam", "agent", ["en", "risk", "loan"]),
    ("mei@example.com", "Mei", "agent", ["zh", "en", "risk", "loan", "senior"]),
    ("vera@example.com", "Vera", "supervisor", ["zh", "en"]),
)
CUSTOMERS = (
    ("demo-vip", "陈静", "gold"),
    ("demo-regular", "Alex Reed", None),
)


def seed(unit: Unit, passwords: Passwords, password: str) -> None:
    """Make who is missing. Of those who are there only the password is set again, where it is another one:
    their tokens end with it."""
    for email, name, role, skills in AGENTS:
        agent = agents.by_email(unit.session, email)
        if agent is None:
            given = AgentIn.model_validate(
                {
                    "email": email,
                    "name": name,
                    "password": password,
                    "role": role,
                    "skills": skills,
                    "capacity": 5,
                }
            )
            create(unit, given, passwords.hash(password))
        elif not passwords.matches(password, agent.password_hash):
            agent.password_hash = passwords.hash(password)
            unit.audit("agent.change", agent_id=agent.id, new_password=True)
    for customer_id, name, tier in CUSTOMERS:
        if customers.get(unit.session, customer_id) is None:
            identity = IdentityIn(channel="rest", sender_id=customer_id)
            put(unit, customer_id, CustomerIn(name=name, tier=tier, identities=[identity]))
    add_examples(unit)
