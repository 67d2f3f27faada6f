"""What `./handoff learn` tells, Chinese and English, with equal keys."""

from typing import Literal

type Language = Literal["zh", "en"]

TEXTS: dict[Language, dict[str, str]] = {
    "zh": {
        "step.features": "提取特征",
        "step.linear": "训练线性模型",
        "step.ensemble": "训练决策树和神经网络",
        "step.fold": "第 {number} 折，共 {folds} 折",
        "figures": "F1 {f1}  宏平均 F1 {macro_f1}  AUC {auc}  GT-I/II/III {places}",
        "no_auc": "无",
        "learned_from": "学习了 {dialogues} 段对话，共 {turns} 轮，其中 {positive} 轮应转人工；"
        "分数达到 {threshold} 时转人工。",
        "kept": "已保存为版本 {version}，尚未启用：./handoff learn --activate {version}",
        "in_force": "版本 {version} 从下一轮起生效。",
        "no_longer": "版本 {version} 已停用。",
        "none_in_force": "没有启用的模型。",
        "no_model": "还没有模型。",
        "listed": "{dialogues} 段对话  F1 {f1}  GT-III {gt}  阈值 {threshold}",
        "mark": "* 已启用",
    },
    "en": {
        "step.features": "features",
        "step.linear": "linear models",
        "step.ensemble": "trees and networks",
        "step.fold": "fold {number} of {folds}",
        "figures": "F1 {f1}  macro-F1 {macro_f1}  AUC {auc}  GT-I/II/III {places}",
        "no_auc": "none",
        "learned_from": "Learned from {dialogues} dialogues, {turns} turns, {positive} of them to hand over; "
        "hand over from a score of {threshold} on.",
        "kept": "Kept as version {version}, not in force: ./handoff learn --activate {version}",
        "in_force": "Version {version} is in force from the next turn on.",
        "no_longer": "Version {version} is no longer in force.",
        "none_in_force": "No model was in force.",
        "no_model": "There is no model yet.",
        "listed": "{dialogues} dialogues  F1 {f1}  GT-III {gt}  threshold {threshold}",
        "mark": "* in force",
    },
}


def say(key: str, language: Language, **values: object) -> str:
    """The text of `key`, filled in."""
    return TEXTS[language][key].format_map(values)
