"""What is told of templates, and asked for."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

from handoff_service.schemas import Body, Text
from handoff_service.templates.filling import variables

Name = Annotated[Text, Field(min_length=1, max_length=512)]
Language = Annotated[Text, Field(min_length=1, max_length=35)]


class Template(Body):
    """`body` has its variables as {{1}}, {{2}}, …"""

    name: Name
    language: Language
    body: Annotated[Text, Field(min_length=1, max_length=4_096)]


class TemplatesOf(Body):
    """All that an account has now, in place of what was told before."""

    channel: Annotated[Text, Field(min_length=1, max_length=100)]
    account: Annotated[Text, Field(min_length=1, max_length=200)]
    templates: Annotated[list[Template], Field(max_length=1_000)]


class Chosen(Body):
    """A template with the words for its variables, in order."""

    name: Name
    language: Language
    variables: Annotated[list[Annotated[Text, Field(max_length=1_000)]], Field(max_length=99)]


class TemplateOut(BaseModel):
    """`variables`: how many there are to fill in."""

    name: str
    language: str
    body: str
    variables: int

    @classmethod
    def of(cls, item: dict[str, str]) -> Self:
        return cls(**item, variables=variables(item["body"]))


class TemplatesOut(BaseModel):
    items: list[TemplateOut]
