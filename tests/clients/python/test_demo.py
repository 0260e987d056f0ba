"""Runs `aic-mcp demo` from the official Python SDK's stdio client, in both eras of the protocol.

`cargo xtask test` runs this file with AIC_MCP_BIN set to the binary that it built.
"""

import asyncio
import os
import unittest
from typing import Any

from mcp import Client, StdioServerParameters
from mcp_types import ElicitResult

# Longer than any call should take, short enough that a server that hangs fails the test.
# An answer that comes faster is no person's.
READING_SECONDS = 0.5
TIMEOUT_SECONDS = 30

MANAGED_OBJECT_TOOLS = {
    "createManagedObject",
    "createManagedObjectDefinition",
    "deleteManagedObject",
    "deleteManagedObjectDefinition",
    "getManagedObject",
    "getManagedObjectSchema",
    "listManagedObjects",
    "patchManagedObject",
    "patchManagedObjectDefinition",
    "patchManagedObjectRelationship",
    "queryManagedObjects",
}


class Demo(unittest.IsolatedAsyncioTestCase):
    def demo(self, mode: str) -> Client:
        """A client whose user says yes, unless told otherwise, and whose questions are kept."""
        self.questions: list[str] = []
        self.answer = ElicitResult(action="accept", content={})

        async def asked(context, params) -> ElicitResult:
            # The simulated administrator signs in without the page being opened.
            if params.mode == "url":
                return ElicitResult(action="accept")
            self.questions.append(params.message)
            await asyncio.sleep(READING_SECONDS)
            return self.answer

        server = StdioServerParameters(command=os.environ["AIC_MCP_BIN"], args=["demo"])
        return Client(
            server,
            mode=mode,
            read_timeout_seconds=TIMEOUT_SECONDS,
            elicitation_callback=asked,
        )

    async def call(self, client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
        """Calls a tool that has to succeed and returns its structured content."""
        result = await client.call_tool(tool, arguments)
        self.assertFalse(result.is_error, f"{tool}: {result.content}")
        self.assertIsInstance(result.structured_content, dict, tool)
        return result.structured_content

    async def find(self, client: Client, user_name: str) -> list[dict[str, Any]]:
        found = await self.call(
            client,
            "queryManagedObjects",
            objectType="alpha_user",
            queryFilter=f'userName eq "{user_name}"',
        )
        return found["objects"]

    async def lists_the_managed_object_tools(self, client: Client) -> None:
        tools, cursor = {}, None
        while True:
            page = await client.list_tools(cursor=cursor)
            tools |= {tool.name: tool for tool in page.tools}
            cursor = page.next_cursor
            if cursor is None:
                break
        self.assertLessEqual(MANAGED_OBJECT_TOOLS, tools.keys())
        for tool in tools.values():
            self.assertTrue(tool.description, tool.name)
            self.assertEqual(tool.input_schema["type"], "object", tool.name)

    async def takes_a_user_through_its_life(self, client: Client, user_name: str) -> None:
        created = await self.call(
            client,
            "createManagedObject",
            objectType="alpha_user",
            objectData={
                "userName": user_name,
                "givenName": "Ada",
                "sn": "Lovelace",
                "mail": f"{user_name}@example.com",
            },
        )
        self.assertTrue(created["objectId"])
        self.assertTrue(created["revision"])
        user = {"objectType": "alpha_user", "objectId": created["objectId"]}

        [found] = await self.find(client, user_name)
        self.assertEqual(found["_id"], created["objectId"])
        self.assertEqual(found["givenName"], "Ada")

        change = [{"operation": "replace", "field": "/givenName", "value": "Augusta"}]
        patch = user | {"revision": created["revision"], "operations": change}
        await self.call(client, "patchManagedObject", **patch)
        [found] = await self.find(client, user_name)
        self.assertEqual(found["givenName"], "Augusta")
        self.assertNotEqual(found["_rev"], created["revision"])

        # A first name does no harm, and is not asked about.
        self.assertEqual(self.questions, [])

        self.answer = ElicitResult(action="decline")
        declined = await client.call_tool("deleteManagedObject", user)
        self.assertTrue(declined.is_error)
        self.assertIn("the user declined", declined.content[0].text)
        self.assertEqual(len(await self.find(client, user_name)), 1)
        self.answer = ElicitResult(action="accept", content={})
        await self.call(client, "deleteManagedObject", **user)
        self.assertEqual(len(self.questions), 2, self.questions)
        self.assertIn(f'"{user_name}"', self.questions[-1])
        self.assertEqual(await self.find(client, user_name), [])
        gone = await client.call_tool("getManagedObject", user)
        self.assertTrue(gone.is_error, f"a deleted user was read: {gone.content}")
        self.assertTrue(gone.content[0].text)

    async def test_a_client_of_today_manages_users(self) -> None:
        async with self.demo("auto") as client:
            self.assertEqual(client.protocol_version, "2026-07-28")
            await self.lists_the_managed_object_tools(client)
            await self.takes_a_user_through_its_life(client, "client-test-auto")

    async def test_a_client_with_the_initialize_handshake_manages_users(self) -> None:
        async with self.demo("legacy") as client:
            self.assertEqual(client.protocol_version, "2025-11-25")
            await self.lists_the_managed_object_tools(client)
            await self.takes_a_user_through_its_life(client, "client-test-legacy")


if __name__ == "__main__":
    unittest.main(verbosity=2)
