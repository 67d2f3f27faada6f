"""Signatures and encryption against Tencent's own examples, and against an independent library."""

import json
import random
from pathlib import Path

import pytest
from wechatpy.crypto import WeChatCrypto

from channels.wechat_crypto import MessageCipher, NotOurs, is_signed, signature
from channels.wechat_post import WechatPost

VECTORS = json.loads((Path(__file__).parent / "tencent_vectors.json").read_text(encoding="utf-8"))
KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"


@pytest.mark.parametrize("name", ["wechat_oa_url_verify", "wechat_oa_plain_post"])
def test_a_plain_signature_is_as_tencent_makes_it(name):
    given = VECTORS[name]
    parts = given["token"], given["timestamp"], given["nonce"]
    assert is_signed(given["signature"], *parts)
    assert not is_signed(given["signature"][:-1] + "0", *parts)
    assert not is_signed("", *parts)
    assert not is_signed("é", *parts)


@pytest.mark.parametrize(
    "name", ["wechat_oa_aes_inbound", "wecom_echostr", "wecom_message", "wecom_echostr_wechatpy"]
)
def test_what_tencent_encrypts_is_read(name):
    given = VECTORS[name]
    encrypted = given.get("encrypt") or given["echostr"]
    assert is_signed(given["msg_signature"], given["token"], given["timestamp"], given["nonce"], encrypted)
    receiver = given.get("appid") or given["corpid"]
    opened = MessageCipher(given["encoding_aes_key"], receiver).open(encrypted)
    assert opened.decode() == given["plaintext"]
    with pytest.raises(NotOurs):
        MessageCipher(given["encoding_aes_key"], "another").open(encrypted)


def test_what_we_encrypt_is_byte_for_byte_what_tencent_does():
    given = VECTORS["wechat_oa_aes_reply"]
    cipher = MessageCipher(given["encoding_aes_key"], given["appid"])
    sealed = cipher.seal(given["plaintext"].encode(), given["random16"].encode())
    assert sealed == given["encrypt"]
    signed = signature(given["token"], given["timestamp"], given["nonce"], sealed)
    assert signed == given["msg_signature"]


def test_an_independent_library_reads_what_we_encrypt_at_every_length_of_padding():
    cipher, oracle = MessageCipher(KEY, "wx1"), WeChatCrypto("token", KEY, "wx1")
    for length in range(70):
        text = "中" * length
        sealed = cipher.seal(f"<xml><a>{text}</a></xml>".encode())
        signed = signature("token", "1", "n", sealed)
        wrapped = f"<xml><Encrypt>{sealed}</Encrypt></xml>"
        assert oracle.decrypt_message(wrapped, signed, "1", "n") == f"<xml><a>{text}</a></xml>"


def test_broken_ciphertext_is_refused_or_nothing_like_what_it_was():
    chance = random.Random(7)
    cipher = MessageCipher(KEY, "wx1")
    whole = cipher.seal(b"hello")
    refused = 0
    for _ in range(300):
        at = chance.randrange(len(whole))
        broken = whole[:at] + chance.choice("ABCxyz+/= \u00e9") + whole[at + chance.randint(0, 40) :]
        try:
            assert broken == whole or cipher.open(broken) != b"hello" or at < 24, (
                "the random beginning may change"
            )
        except NotOurs:
            refused += 1
    assert refused > 200


def test_a_key_of_the_wrong_form_is_said_to_be_so():
    for key in ("", "short", "x" * 44, "中" * 43):
        with pytest.raises(ValueError, match="43"):
            MessageCipher(key, "wx1")


def test_with_a_key_the_signature_of_the_whole_counts_and_an_old_one_does_not():
    given = VECTORS["wechat_oa_aes_inbound"]
    query = {name: given[name] for name in ("timestamp", "nonce", "signature", "msg_signature")}
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": given["encrypt"]}).encode()
    clock = int(given["timestamp"])

    def opened(**changed: str) -> object:
        now = int(changed.pop("now", clock))
        post = WechatPost(given["token"], given["appid"], given["encoding_aes_key"], lambda: now)
        return post.opened({**query, **changed}, body)

    assert opened() == {key: str(value) for key, value in json.loads(given["plaintext"]).items()}
    assert opened(msg_signature=given["signature"]) is None
    assert opened(now=str(clock + 601)) is None
    assert opened(timestamp=str(clock + 1)) is None
    plain = WechatPost(given["token"], given["appid"], given["encoding_aes_key"], lambda: clock)
    assert plain.opened(query, given["plaintext"].encode()) is None, "plain text is not taken beside a key"
