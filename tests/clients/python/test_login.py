"""Signs in by code from the official Python SDK's client, which is asked by the server in each era's
own way, or not at all.

`cargo xtask test` runs this file with AIC_MCP_BIN set to the binary that it built.
"""

import asyncio
import html.parser
import os
import unittest
import urllib.parse
import urllib.request

from mcp import Client, StdioServerParameters
from mcp_types import ElicitResult

# Longer than any call should take, short enough that a server that hangs fails the test.
TIMEOUT_SECONDS = 60


class Form(html.parser.HTMLParser):
    """What a person who changes nothing would send with the first form of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.action = given["action"]
        elif tag == "input" and (given["type"] == "hidden" or "checked" in given):
            self.fields[given["name"]] = given["value"]


def decide(page: str, decision: str) -> None:
    """Opens the tenant's page, as a browser would, and approves or refuses there."""
    with urllib.request.urlopen(page, timeout=TIMEOUT_SECONDS) as answer:
        form = Form(answer.read().decode())
    body = urllib.parse.urlencode(form.fields | {"decision": decision}).encode()
    target = urllib.parse.urljoin(page, form.action)
    urllib.request.urlopen(target, body, timeout=TIMEOUT_SECONDS).close()


class SigningIn(unittest.IsolatedAsyncioTestCase):
    def client(self, mode: str, elicitation_callback=None) -> Client:
        server = StdioServerParameters(
            command=os.environ["AIC_MCP_BIN"],
            args=["demo", "--interactive", "--login", "device"],
        )
        return Client(
            server,
            mode=mode,
            read_timeout_seconds=TIMEOUT_SECONDS,
            elicitation_callback=elicitation_callback,
        )

    async def signs_in(self, mode: str) -> None:
        pages = []

        async def asked(context, params) -> ElicitResult:
            self.assertEqual(params.mode, "url")
            pages.append(params.url)
            await asyncio.to_thread(decide, params.url, "allow")
            return ElicitResult(action="accept")

        async with self.client(mode, asked) as client:
            result = await client.call_tool("listManagedObjects", {})
            self.assertFalse(result.is_error, result.content)
            result = await client.call_tool("listManagedObjects", {})
            self.assertFalse(result.is_error, result.content)
        self.assertEqual(len(pages), 1, "one question, one login")

    async def test_a_client_of_today_opens_the_page(self) -> None:
        await self.signs_in("auto")

    async def test_a_client_with_the_initialize_handshake_opens_the_page(self) -> None:
        await self.signs_in("legacy")

    async def test_a_user_who_declines_is_heard_in_both_eras(self) -> None:
        async def asked(context, params) -> ElicitResult:
            return ElicitResult(action="decline")

        for mode in ("auto", "legacy"):
            async with self.client(mode, asked) as client:
                result = await client.call_tool("listManagedObjects", {})
                self.assertTrue(result.is_error)
                self.assertIn("declined to sign in", result.content[0].text)

    async def test_a_client_without_dialogs_is_told_by_a_failed_call(self) -> None:
        for mode in ("auto", "legacy"):
            async with self.client(mode) as client:
                result = await client.call_tool("listManagedObjects", {})
                self.assertTrue(result.is_error)
                lines = dict(
                    line.split(": ", 1) for line in result.content[0].text.splitlines()
                )
                await asyncio.to_thread(decide, lines["page"], "allow")
                # Each call waits for the login for a while; a busy machine may need several.
                for _ in range(6):
                    result = await client.call_tool("listManagedObjects", {})
                    if not result.is_error:
                        break
                self.assertFalse(result.is_error, result.content)


if __name__ == "__main__":
    unittest.main(verbosity=2)
