"""The words of the reports, Chinese and English, with equal keys."""

from typing import Literal

type Language = Literal["zh", "en"]

TEXTS: dict[Language, dict[str, str]] = {
    "zh": {
        "title": "回测：{since} 至 {until}",
        "headline": "会话 {conversations}，消息 {turns}，转人工 {real} → {draft}",
        "categories": "新增 {gained}，未及时 {not_by_then}，提前 {earlier}，"
        "推后 {later}，不变 {same}，人工接手 {by_hand}",
        "not_by_then_means": "“未及时”：真实转人工时草案还没有转。"
        "之后会怎样无从得知，不等于省下了一次转人工。",
        "later_means": "“推后”：草案在会话交回机器人之后的 24 小时内才转，而当时真实情况并没有再转。",
        "earlier_by": "提前的中位数：{turns} 条消息，{seconds} 秒",
        "same_turn_other_rule": "同一条消息转出、但由别的规则转出：{count}",
        "by_rule": "按规则",
        "by_topic": "按话题",
        "column.name": "名称",
        "column.real": "实际",
        "column.draft": "草案",
        "column.gained": "新增",
        "column.not_by_then": "未及时",
        "column.earlier": "提前",
        "column.later": "推后",
        "column.same": "不变",
        "column.by_hand": "人工接手",
        "none": "（无）",
        "conversations": "相关会话（每项最多列 {most} 个，--json 导出全部）",
        "load": "坐席（{agents} 人在岗过，同时最多 {places} 个接待位，在岗共 {duty_hours} 小时；"
        "只用于比较，不是预测）",
        "load.assumed": "{until} 之前没有在岗记录，那段时间按全部坐席始终在岗计算。",
        "no_agents": "没有坐席在岗过，无法模拟排队。",
        "column.measure": "指标",
        "load.handoffs": "转人工数",
        "load.agent_hours": "接待小时",
        "load.served_at_once": "立即接入",
        "load.wait_mean": "平均等待（秒）",
        "load.wait_p90": "等待 P90（秒）",
        "load.wait_max": "最长等待（秒）",
        "load.most_waiting": "同时排队最多",
        "load.gave_up": "排队时放弃",
        "load.never_served": "到最后还没人接",
        "marks": "坐席评价（{total} 条：需要 {needed}，不需要 {not_needed}，应该更早 {too_late}）",
        "no_marks": "没有坐席评价，无法计算准确率和召回率。",
        "marks.few": "评价太少（不到 {few} 条），下面的比例只能当作参考。",
        "marks.line": "{name}：{real} → {draft}",
        "marks.precision": "准确率",
        "marks.recall": "召回率",
        "marks.share": "{value}（{hits}/{of}，95% 区间 {low}–{high}）",
        "marks.too_late": "应该更早的 {too_late} 次中，草案提前了 {too_late_made_earlier} 次",
        "notes": "说明",
        "signals.mixed": "信号代码有多个版本（{versions}），{other} 条消息"
        "不是最新版本 {newest} 的，比较要打折扣。",
        "integrity.good": "核对：用当时的规则重算 {checked} 条消息，结果与记录一致。",
        "integrity.bad": "核对：重算 {checked} 条消息，{decisions} 条决定不同，"
        "{rules} 条规则不同（代码在那之后改过，或消息迟到）。",
        "integrity.unreadable": "{count} 条消息当时的规则已无法读取，没有核对。",
        "integrity.running": "{count} 条消息的累计值与当时记录的不同；回测用的是现在的算法。",
        "tune.title": "阈值建议（按坐席评价，F{beta:g}）",
        "tune.column.rule": "规则",
        "tune.column.test": "条件",
        "tune.column.now": "现在",
        "tune.column.proposed": "建议",
        "tune.nothing": "没有找到经得起验证的更好阈值：保持现状。",
        "tune.scores": "全部评价上 F {now} → {proposed}；"
        "交叉验证（没参与挑选的评价）F {now_unseen} → {proposed_unseen}",
        "tune.not_switched_on": "建议没有启用。请看下面的回测，再决定是否启用。",
    },
    "en": {
        "title": "Backtest: {since} to {until}",
        "headline": "conversations {conversations}, turns {turns}, handed over {real} → {draft}",
        "categories": "new {gained}, not by then {not_by_then}, earlier {earlier}, "
        "later {later}, same {same}, by hand {by_hand}",
        "not_by_then_means": "Not by then: the draft had not handed over when the real handoff came. "
        "What would have followed nobody knows; it is not a handoff saved.",
        "later_means": "Later: the draft hands over within 24 hours of the return to the bot, "
        "where in reality nobody was called again.",
        "earlier_by": "earlier by a median of {turns} turns, {seconds} s",
        "same_turn_other_rule": "on the same turn but by another rule: {count}",
        "by_rule": "By rule",
        "by_topic": "By topic",
        "column.name": "name",
        "column.real": "real",
        "column.draft": "draft",
        "column.gained": "new",
        "column.not_by_then": "not by then",
        "column.earlier": "earlier",
        "column.later": "later",
        "column.same": "same",
        "column.by_hand": "by hand",
        "none": "(none)",
        "conversations": "Conversations (at most {most} per number; --json exports all)",
        "load": "Desk ({agents} agents on duty at some time, at most {places} places at once, "
        "{duty_hours} hours on duty in all; for comparison, no forecast)",
        "load.assumed": "Before {until} it was not recorded who was on duty: "
        "for that time everybody is taken to have been, all the time.",
        "no_agents": "No agent was on duty, so no queue can be simulated.",
        "column.measure": "measure",
        "load.handoffs": "handoffs",
        "load.agent_hours": "agent hours",
        "load.served_at_once": "served at once",
        "load.wait_mean": "mean wait (s)",
        "load.wait_p90": "wait, 90th percentile (s)",
        "load.wait_max": "longest wait (s)",
        "load.most_waiting": "most waiting at a time",
        "load.gave_up": "gave up waiting",
        "load.never_served": "still waiting at the end",
        "marks": "Marks ({total}: needed {needed}, not needed {not_needed}, too late {too_late})",
        "no_marks": "No handoff has been marked, so precision and recall cannot be told.",
        "marks.few": "Too few marks (under {few}): take the shares below as a hint at most.",
        "marks.line": "{name}: {real} → {draft}",
        "marks.precision": "precision",
        "marks.recall": "recall",
        "marks.share": "{value} ({hits}/{of}, 95 % interval {low}–{high})",
        "marks.too_late": "of {too_late} that came too late, the draft makes {too_late_made_earlier} earlier",
        "notes": "Notes",
        "signals.mixed": "Several versions of the signal code ({versions}): {other} turns are not "
        "of the newest, {newest}. Read the comparison with care.",
        "integrity.good": "Check: {checked} turns decided again under the rules of their time, "
        "all as recorded.",
        "integrity.bad": "Check: of {checked} turns decided again, {decisions} decide "
        "differently and {rules} by another rule (the code has changed since, or turns came late).",
        "integrity.unreadable": "The rules of {count} turns cannot be read any more; these were not checked.",
        "integrity.running": "The running values of {count} turns differ from those recorded; "
        "the replay uses today's.",
        "tune.title": "Proposed thresholds (by agents' marks, F{beta:g})",
        "tune.column.rule": "rule",
        "tune.column.test": "test",
        "tune.column.now": "now",
        "tune.column.proposed": "proposed",
        "tune.nothing": "No better thresholds were found that hold on marks not used for choosing: "
        "leave them.",
        "tune.scores": "F on all marks {now} → {proposed}; cross-validated, on marks not used for choosing,"
        " {now_unseen} → {proposed_unseen}",
        "tune.not_switched_on": "Nothing has been switched on. Look at its backtest below and decide.",
    },
}
