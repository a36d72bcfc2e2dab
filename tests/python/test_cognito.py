"""Cognito in the sandbox: what underpin needs of it is moto's own, and its log holds nothing personal."""

from __future__ import annotations

from conftest import Sandbox


def test_log_holds_no_personal_data(sandbox: Sandbox) -> None:
    cognito = sandbox.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
    email = {"Name": "email", "Value": "bobby@example.com"}
    cognito.admin_create_user(UserPoolId=pool, Username="bobby", UserAttributes=[email])
    found = cognito.list_users(UserPoolId=pool, Filter='email = "bobby@example.com"')["Users"]
    assert [user["Username"] for user in found] == ["bobby"]
    cognito.admin_get_user(UserPoolId=pool, Username="bobby")
    cognito.admin_disable_user(UserPoolId=pool, Username="bobby")
    cognito.admin_delete_user(UserPoolId=pool, Username="bobby")
    log = sandbox.control("GET", "requests")
    assert "AdminCreateUser" in log and "bobby" not in log
    assert sandbox.requests()[2]["params"]["UserPoolId"] == pool
