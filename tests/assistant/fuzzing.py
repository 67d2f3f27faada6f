"""Making nonsense: noise, flipped bits, and valid payloads with something wrong in them. Pure but for the
chance that is given; the same seed makes the same nonsense."""

import contextlib
import json
import random
from collections.abc import Callable, Mapping
from typing import Any

_DEPTHS = (30, 100, 240, 480, 700, 900, 960, 990, 3_000, 100_000)
_TEXTS = (
    "", " ", "x" * 20_000, "\x00", "a\x00b", "\ud800", "ab\udfffc", "\U0001f600", "\u202e\u200f", "\u2060",
    "/restart", "../../x", "x y", "'; DROP TABLE inbox; --", "<b>&amp;", "]]>", "%00%0a", "１２", "-1", "1e9",
    "NaN", "{", "[1]", '{"ai": []}', "9" * 5_000,
)  # fmt: skip
# As JSON has them: some of these Python would not write.
_VALUES = (
    "null", "true", "false", "0", "-1", "1.5", "-0.0", "NaN", "Infinity", "-Infinity", "1e999", "9" * 30,
    "9" * 400, "9" * 5_000, "[]", "{}", "[[]]", "[null]", '{"": ""}', '{"a": 1, "a": {}}', '"\\ud800"',
    '{"\\udc00": "\\u0000"}',
)  # fmt: skip
_MARK = "@raw{}@"


class Fuzz:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def noise(self) -> bytes:
        return self.chance.randbytes(self.chance.choice((0, 1, 3, 60, 500, 5_000)))

    def flipped(self, data: bytes) -> bytes:
        """With a few of its bits the other way round, or cut off, or with something behind it."""
        changed = bytearray(data)
        for _ in range(self.chance.randint(1, 4) if data else 0):
            changed[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
        return bytes(
            self.chance.choice((changed, changed, data[: self.chance.randint(0, len(data))], data + b"\x00}"))
        )

    def json(self, payload: Any) -> bytes:
        """The payload with one to three nodes replaced, dropped or repeated."""
        raw: list[str] = []
        for _ in range(self.chance.randint(1, 3)):
            payload = self._changed(payload, raw)
        text = json.dumps(payload)
        for number, value in enumerate(raw):
            text = text.replace(f'"{_MARK.format(number)}"', value)
        return text.encode()

    def xml(self, fields: Mapping[str, str]) -> bytes:
        """An `<xml>` of the fields, with one to three of them wrong, or wrong as a whole."""
        parts = [f"<{name}>{_escaped(value)}</{name}>" for name, value in fields.items()]
        for _ in range(self.chance.randint(1, 3)):
            at = self.chance.randrange(len(parts) + 1)
            name = self.chance.choice([*fields, "Encrypt", "xml"])
            parts[at : at + self.chance.randint(0, 1)] = [self._element(name)]
        head = self.chance.choice(["", "", "", *_XML_HEADS])
        return (head + "<xml>" + "".join(parts) + "</xml>").encode("utf-8", "surrogatepass")

    def text(self) -> str:
        return self.chance.choice(_TEXTS)

    def _element(self, name: str) -> str:
        value = _escaped(self.text())
        depth = self.chance.choice((1, 50, 2_000))
        return self.chance.choice(
            (
                f"<{name}>{value}</{name}>",
                f"<{name}>{value}</{name}>",
                f"<{name}><![CDATA[{value}]]></{name}>",
                f"<{name} a='1' a='2'>x</{name}>",
                f"<n:{name} xmlns:n='x'>x</n:{name}>",
                f"<{name}>" * depth + f"</{name}>" * depth,
                f"<{name}>x</{name}>" * 500,
                f"<{name}/>",
                f"<{name}>&lol;</{name}>",
                f"<{name}>&#0;&#xD800;</{name}>",
                f"<?{name} x?><!-- {name} -->",
                f"<{name}>",
            )
        )

    def _changed(self, node: Any, raw: list[str]) -> Any:
        """A copy of the node in which one below it, or the node itself, is another."""
        if isinstance(node, dict) and node and self.chance.random() < 0.9:
            return self._changed_dict(node, raw)
        if isinstance(node, list) and node and self.chance.random() < 0.8:
            at = self.chance.randrange(len(node))
            here = self.chance.choice(([self._changed(node[at], raw)], [], [node[at]] * 3))
            return [*node[:at], *here, *node[at + 1 :]]
        if isinstance(node, str) and node.startswith('{"') and node.endswith("}") and "@raw" not in node:
            with contextlib.suppress(ValueError, RecursionError):  # changed before, perhaps
                return self.json(json.loads(node)).decode()
        return self._odd(node, raw)

    def _changed_dict(self, node: dict[str, Any], raw: list[str]) -> dict[str, Any]:
        name = self.chance.choice(list(node))
        do = self.chance.random()
        if do < 0.1:
            return {key: value for key, value in node.items() if key != name}
        if do < 0.2:
            return {**node, name: node[self.chance.choice(list(node))], self.text(): node[name]}
        return {**node, name: self._changed(node[name], raw)}

    def _odd(self, node: Any, raw: list[str]) -> Any:
        makers: list[Callable[[], Any]] = [
            lambda: self.text(),
            lambda: self.text(),
            lambda: self._marked(self.chance.choice(_VALUES), raw),
            lambda: self._marked(self.chance.choice(_VALUES), raw),
            lambda: self._marked(self._deep(), raw),
            lambda: [node],
            lambda: {"text": node},
            lambda: [node] * 200,
        ]
        return self.chance.choice(makers)()

    def _deep(self) -> str:
        depth = self.chance.choice((*_DEPTHS, self.chance.randint(200, 1_000)))
        opening, inner, closing = self.chance.choice((("[", "", "]"), ('{"a":', "1", "}")))
        return opening * depth + inner + closing * depth

    def _marked(self, value: str, raw: list[str]) -> str:
        """What stands for the value until the rest is written."""
        raw.append(value)
        return _MARK.format(len(raw) - 1)


_XML_HEADS = (
    '<?xml version="1.0" encoding="utf-16"?>',
    '<?xml version="1.0" encoding="gb2312"?>',
    '<?xml version="1.0" encoding="no-such"?>',
    '<?xml version="1.1"?>',
    '<!DOCTYPE xml [<!ENTITY lol "lol">]>',
    '<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x.dtd">',
    "\ufeff",
    "<!-- -->",
)  # fmt: skip


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
