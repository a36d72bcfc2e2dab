//! Every credential source of the AWS CLI, each against an endpoint on loopback that answers as AWS documents it:
//! the resulting key signs the call for the caller's identity. There is no emulator of these endpoints.
//!
//! The stack is pinned to another account than the one that answers, so that no further call is made.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Answer, Asked, Output, Run, Stack, Stub, python};

const STACK: &str =
    "{stack: s, region: eu-central-1, account: \"111111111111\", tables: {orders: {partition_key: id}}}";
const LOGIN: &str = "arn:aws:iam::222222222222:user/dev";

/// The endpoints' answer instead of credentials.
#[derive(Clone, Copy, PartialEq)]
enum Refusal {
    None,
    Sso,
    Login,
    AssumeRole,
}

/// A home directory, a stack, and an endpoint for all services that give credentials.
struct Account {
    home: tempfile::TempDir,
    stack: Stack,
    stub: Stub,
    asked: Arc<Mutex<Vec<Asked>>>,
    variables: Vec<(String, String)>,
}

fn text(body: impl Into<String>) -> Answer {
    Answer { status: 200, headers: Vec::new(), body: body.into().into_bytes() }
}

fn data(body: &Value) -> Answer {
    Answer { headers: vec![("content-type".to_owned(), "application/json".to_owned())], ..text(body.to_string()) }
}

fn refused(status: u16, code: &str, body: &Value) -> Answer {
    let headers = vec![("x-amzn-errortype".to_owned(), code.to_owned())];
    Answer { status, headers, ..text(body.to_string()) }
}

fn sts(operation: &str, result: &str) -> Answer {
    text(format!(
        "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{operation}Result>{result}\
         </{operation}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>"
    ))
}

/// A time that many seconds from now, in AWS's format.
fn at(seconds: i64) -> String {
    let time = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn parameter(body: &str, name: &str) -> String {
    let pair = body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    pair.unwrap_or_default().replace("%3A", ":").replace("%2F", "/")
}

/// Answers like the endpoint that a request is for. An assumed role's key is named by the role.
fn answer(asked: &Asked, refusal: Refusal) -> Answer {
    let body = String::from_utf8_lossy(&asked.body).into_owned();
    let keys = |key: &str| json!({"AccessKeyId": key, "SecretAccessKey": "hidden-1", "Token": "hidden-2", "Expiration": at(3600), "Code": "Success"});
    let assumed = |operation: &str| {
        let role = parameter(&body, "RoleArn");
        let key = format!("ASIA{}", role.rsplit('/').next().unwrap_or_default().to_uppercase());
        let credentials = format!(
            "<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>hidden-3</SecretAccessKey><SessionToken>\
             hidden-4</SessionToken><Expiration>{}</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::\
             222222222222:assumed-role/x/y</Arn><AssumedRoleId>A:y</AssumedRoleId></AssumedRoleUser>",
            at(3600)
        );
        sts(operation, &credentials)
    };
    let path = asked.target.split('?').next().unwrap_or_default();
    match (asked.method.as_str(), path) {
        _ if body.contains("Action=GetCallerIdentity") => sts(
            "GetCallerIdentity",
            "<Arn>arn:aws:iam::222222222222:user/dev</Arn><UserId>A</UserId><Account>222222222222</Account>",
        ),
        _ if body.contains("Action=AssumeRoleWithWebIdentity") => assumed("AssumeRoleWithWebIdentity"),
        _ if body.contains("Action=AssumeRole") && refusal == Refusal::AssumeRole => Answer {
            status: 403,
            ..text(
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User is not authorized to \
                 perform: sts:AssumeRole</Message></Error><RequestId>1</RequestId></ErrorResponse>",
            )
        },
        _ if body.contains("Action=AssumeRole") => assumed("AssumeRole"),
        ("GET", "/federation/credentials") if refusal == Refusal::Sso => {
            refused(401, "UnauthorizedException", &json!({"message": "Session token not found or invalid"}))
        }
        ("GET", "/federation/credentials") => data(&json!({"roleCredentials": {
            "accessKeyId": "ASIASSO", "secretAccessKey": "hidden-5", "sessionToken": "hidden-6",
            "expiration": 4_102_444_800_000_i64,
        }})),
        ("POST", "/token") => data(&json!({
            "accessToken": "hidden-renewed", "expiresIn": 3600, "tokenType": "Bearer", "refreshToken": "hidden-7",
        })),
        ("POST", "/v1/token") if refusal == Refusal::Login => refused(
            403,
            "AccessDeniedException",
            &json!({"error": "TOKEN_EXPIRED", "message": "the refresh token has expired"}),
        ),
        ("POST", "/v1/token") => data(&json!({
            "accessToken": {"accessKeyId": "ASIARENEWED", "secretAccessKey": "hidden-8", "sessionToken": "hidden-9"},
            "tokenType": "aws_sigv4", "expiresIn": 900, "refreshToken": "hidden-10",
        })),
        ("PUT", "/latest/api/token") => Answer {
            headers: vec![("x-aws-ec2-metadata-token-ttl-seconds".to_owned(), "21600".to_owned())],
            ..text("hidden-imds-token")
        },
        ("GET", path) if path.ends_with("/security-credentials/") => text("web"),
        ("GET", path) if path.ends_with("/security-credentials/web") => data(&keys("ASIAIMDS")),
        ("GET", "/container") => data(&keys("ASIACONTAINER")),
        _ => Answer { status: 404, ..text("") },
    }
}

impl Account {
    fn new(config: &str) -> Self {
        Self::refusing(config, Refusal::None)
    }

    fn refusing(config: &str, refusal: Refusal) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let log = asked.clone();
        let stub = Stub::start(move |request| {
            log.lock().expect("the log").push(request.clone());
            answer(request, refusal)
        });
        let home = tempfile::tempdir().expect("a folder can be made");
        let account = Self { home, stack: Stack::new(STACK), stub, asked, variables: Vec::new() };
        account.write(".aws/config", config);
        account
    }

    fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
        fs::write(path, content).expect("it can be written");
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Puts a token of IAM Identity Center in the cache, as `aws sso login` does: named by the session, or by the URL.
    fn sso(self, named_by: &str, token: &Value) -> Self {
        let name =
            said_by_python("import hashlib, sys; print(hashlib.sha1(sys.argv[1].encode()).hexdigest())", named_by);
        self.write(&format!(".aws/sso/cache/{name}.json"), &token.to_string());
        self
    }

    /// Puts a session in the cache, as `aws login` does.
    fn login(self, expires: i64) -> Self {
        let key = said_by_python(
            "from cryptography.hazmat.primitives.asymmetric import ec\n\
             from cryptography.hazmat.primitives import serialization as s\n\
             print(ec.generate_private_key(ec.SECP256R1()).private_bytes(s.Encoding.PEM, \
             s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption()).decode(), end='')",
            "",
        );
        let token = json!({
            "accessToken": {
                "accessKeyId": "ASIALOGIN", "secretAccessKey": "hidden-11", "sessionToken": "hidden-12",
                "accountId": "222222222222", "expiresAt": at(expires),
            },
            "tokenType": "aws_sigv4", "refreshToken": "hidden-13", "idToken": "hidden-14",
            "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": key,
        });
        let name = underpin::base::hex(&Sha256::digest(LOGIN));
        self.write(&format!(".aws/login/cache/{name}.json"), &token.to_string());
        self
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.asked.lock().expect("the log").clear();
        let mut command: Command = Run::new(self.stack.dir()).args(&[&["plan", "-v"], arguments].concat()).command();
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            command.env_remove(name);
        }
        let endpoint = self.stub.endpoint();
        for service in ["STS", "SSO", "SSO_OIDC", "SIGNIN"] {
            command.env(format!("AWS_ENDPOINT_URL_{service}"), &endpoint);
        }
        let variables = self.variables.iter().map(|(name, value)| (name, value.replace("STUB", &endpoint)));
        command.env("HOME", self.home.path()).envs(variables).stdin(Stdio::null());
        let output = command.output().expect("the command runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is text");
        let output = Output {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        assert!(!format!("{}{}", output.stdout, output.stderr).contains("hidden-"), "no secret is shown: {output:?}");
        output
    }

    /// The key that signed the call for the caller's identity, which must be the last call.
    #[track_caller]
    fn signed_by(&self, arguments: &[&str], said: &str) -> String {
        let output = self.run(arguments).code(3);
        assert!(output.stderr.contains(said), "`{said}` is not in\n{}", output.stderr);
        let asked = self.asked.lock().expect("the log");
        let last = asked.last().expect("something was asked");
        assert!(String::from_utf8_lossy(&last.body).contains("Action=GetCallerIdentity"), "{last:?}");
        signer(last)
    }

    /// The calls before that one, each in a word or two.
    fn before(&self) -> Vec<String> {
        let asked = self.asked.lock().expect("the log");
        let word = |one: &Asked| {
            let body = String::from_utf8_lossy(&one.body).into_owned();
            let action = parameter(&body, "Action");
            let path = one.target.split('?').next().unwrap_or_default();
            if action.is_empty() { format!("{} {path}", one.method) } else { format!("{action} by {}", signer(one)) }
        };
        asked[..asked.len() - 1].iter().map(word).collect()
    }

    fn header(&self, path: &str, name: &str) -> Option<String> {
        let asked = self.asked.lock().expect("the log");
        let one = asked.iter().find(|one| one.target.starts_with(path))?;
        one.header(name).map(str::to_owned)
    }
}

fn signer(asked: &Asked) -> String {
    let signed = asked.header("authorization").and_then(|value| value.split("Credential=").nth(1));
    signed.and_then(|scope| scope.split('/').next()).unwrap_or("nobody").to_owned()
}

fn said_by_python(code: &str, argument: &str) -> String {
    let output = Command::new(python()).args(["-c", code, argument]).output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text").trim_end().to_owned()
}

fn token(expires: i64) -> Value {
    json!({
        "startUrl": "https://d-1.awsapps.com/start", "region": "eu-central-1", "accessToken": "hidden-sso",
        "expiresAt": at(expires), "clientId": "c", "clientSecret": "hidden-client", "refreshToken": "hidden-refresh",
        "registrationExpiresAt": at(86_400),
    })
}

const SSO: &str = "[profile dev]\nsso_session = corp\nsso_account_id = 222222222222\nsso_role_name = dev\n\
                   [sso-session corp]\nsso_region = eu-central-1\nsso_start_url = https://d-1.awsapps.com/start\n";
const LEGACY_SSO: &str = "[default]\nsso_region = eu-central-1\nsso_start_url = https://d-1.awsapps.com/start\n\
                          sso_account_id = 222222222222\nsso_role_name = dev\n";
const ROLE: &str = "arn:aws:iam::222222222222:role";

#[test]
fn environment_keys_sign() {
    let account = Account::new("").with("AWS_ACCESS_KEY_ID", "AKIAENV").with("AWS_SECRET_ACCESS_KEY", "hidden-1");
    assert_eq!(account.signed_by(&[], "credentials: environment variables"), "AKIAENV");
}

#[test]
fn profile_keys_sign_and_a_profile_of_the_command_line_comes_before_the_environment() {
    let account = Account::new("[profile a]\nregion = us-east-1\n");
    account.write(
        ".aws/credentials",
        "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = hidden-1\n\
         [a]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = hidden-2\n",
    );
    assert_eq!(account.signed_by(&[], "credentials: a profile"), "AKIADEFAULT");
    assert_eq!(account.signed_by(&["--profile", "a"], "credentials: a profile"), "AKIAPROFILE");
    let account = account.with("AWS_PROFILE", "a");
    assert_eq!(account.signed_by(&[], "credentials: a profile"), "AKIAPROFILE");
    let account = account.with("AWS_ACCESS_KEY_ID", "AKIAENV").with("AWS_SECRET_ACCESS_KEY", "hidden-1");
    assert_eq!(account.signed_by(&[], "environment variables"), "AKIAENV", "a variable does not come before variables");
    assert_eq!(account.signed_by(&["--profile", "a"], "credentials: a profile"), "AKIAPROFILE");
}

#[test]
fn sso_session_signs_and_is_renewed() {
    let account = Account::new(SSO).sso("corp", &token(3600));
    assert_eq!(account.signed_by(&["--profile", "dev"], "IAM Identity Center (SSO)"), "ASIASSO");
    assert_eq!(account.before(), ["GET /federation/credentials"]);
    assert_eq!(account.header("/federation", "x-amz-sso_bearer_token").as_deref(), Some("hidden-sso"));
    let account = Account::new(SSO).sso("corp", &token(-10));
    assert_eq!(account.signed_by(&["--profile", "dev"], "SSO"), "ASIASSO");
    assert_eq!(account.before(), ["POST /token", "GET /federation/credentials"]);
    assert_eq!(account.header("/federation", "x-amz-sso_bearer_token").as_deref(), Some("hidden-renewed"));
}

#[test]
fn legacy_sso_of_a_profile_signs() {
    let account = Account::new(LEGACY_SSO).sso("https://d-1.awsapps.com/start", &token(3600));
    assert_eq!(account.signed_by(&[], "IAM Identity Center (SSO)"), "ASIASSO");
}

#[test]
fn aws_login_signs_and_is_renewed_with_proof_of_possession() {
    let config = format!("[profile console]\nlogin_session = {LOGIN}\n");
    let account = Account::new(&config).login(3600);
    assert_eq!(account.signed_by(&["--profile", "console"], "credentials: aws login"), "ASIALOGIN");
    assert_eq!(account.before(), [""; 0], "what is in the cache is not asked for");
    let account = Account::new(&config).login(-10);
    assert_eq!(account.signed_by(&["--profile", "console"], "aws login"), "ASIARENEWED");
    assert_eq!(account.before(), ["POST /v1/token"]);
    let proof = account.header("/v1/token", "dpop").expect("the request is bound to the key");
    assert_eq!(proof.split('.').count(), 3, "it is a signed token");
}

#[test]
fn credential_process_signs() {
    let account = Account::new("");
    let file = account.path("keys.json");
    let keys =
        json!({"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "hidden-1", "Expiration": at(3600)});
    account.write("keys.json", &keys.to_string());
    account.write(".aws/config", &format!("[default]\ncredential_process = cat {}\n", file.display()));
    assert_eq!(account.signed_by(&[], "a credential process"), "AKIAPROCESS");
}

fn with_token(account: Account) -> (Account, String) {
    account.write("token", "hidden-web-token");
    let file = account.path("token").display().to_string();
    (account, file)
}

#[test]
fn web_identity_signs_from_the_environment_and_from_a_profile() {
    let (account, file) = with_token(Account::new(""));
    let account = account.with("AWS_WEB_IDENTITY_TOKEN_FILE", file).with("AWS_ROLE_ARN", format!("{ROLE}/web"));
    assert_eq!(account.signed_by(&[], "web identity"), "ASIAWEB");
    assert_eq!(account.before(), ["AssumeRoleWithWebIdentity by nobody"]);
    let (account, file) = with_token(Account::new(""));
    let config = format!("[default]\nrole_arn = {ROLE}/pod\nweb_identity_token_file = {file}\n");
    account.write(".aws/config", &config);
    assert_eq!(account.signed_by(&[], "web identity"), "ASIAPOD");
}

#[test]
fn roles_are_assumed_one_after_the_other_along_their_source_profiles() {
    let config = format!(
        "[profile app]\nrole_arn = {ROLE}/app\nsource_profile = hub\n[profile hub]\nrole_arn = {ROLE}/hub\n\
         external_id = x\nsource_profile = base\n[profile base]\naws_access_key_id = AKIABASE\n\
         aws_secret_access_key = hidden-1\n"
    );
    let account = Account::new(&config);
    assert_eq!(account.signed_by(&["--profile", "app"], "credentials: a profile"), "ASIAAPP");
    assert_eq!(account.before(), ["AssumeRole by AKIABASE", "AssumeRole by ASIAHUB"]);
    let config = format!("{SSO}[profile app]\nrole_arn = {ROLE}/app\nsource_profile = dev\n");
    let account = Account::new(&config).sso("corp", &token(3600));
    assert_eq!(account.signed_by(&["--profile", "app"], "credentials: a profile"), "ASIAAPP");
    assert_eq!(account.before(), ["GET /federation/credentials", "AssumeRole by ASIASSO"]);
}

#[test]
fn roles_are_assumed_from_each_credential_source() {
    let of = |source: &str| format!("[default]\nrole_arn = {ROLE}/app\ncredential_source = {source}\n");
    let profile = |account: Account| account.with("AWS_PROFILE", "default");
    let account = Account::new(&of("Environment"));
    let account = account.with("AWS_ACCESS_KEY_ID", "AKIAENV").with("AWS_SECRET_ACCESS_KEY", "hidden-1");
    assert_eq!(account.signed_by(&["--profile", "default"], "credentials: a profile"), "ASIAAPP");
    assert_eq!(account.before(), ["AssumeRole by AKIAENV"]);
    let account =
        profile(Account::new(&of("EcsContainer"))).with("AWS_CONTAINER_CREDENTIALS_FULL_URI", "STUB/container");
    assert_eq!(account.signed_by(&[], "credentials: a profile"), "ASIAAPP");
    assert_eq!(account.before(), ["GET /container", "AssumeRole by ASIACONTAINER"]);
    let account = profile(Account::new(&of("Ec2InstanceMetadata")));
    assert_eq!(imds(account).signed_by(&[], "credentials: a profile"), "ASIAAPP");
}

fn imds(account: Account) -> Account {
    account.with("AWS_EC2_METADATA_SERVICE_ENDPOINT", "STUB").with("AWS_EC2_METADATA_DISABLED", "false")
}

#[test]
fn container_credentials_sign_with_the_token_of_ecs_and_of_eks_pod_identity() {
    let account = Account::new("").with("AWS_CONTAINER_CREDENTIALS_FULL_URI", "STUB/container");
    let account = account.with("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hidden-ecs");
    assert_eq!(account.signed_by(&[], "a container's credentials"), "ASIACONTAINER");
    assert_eq!(account.header("/container", "authorization").as_deref(), Some("hidden-ecs"));
    let (account, file) = with_token(Account::new(""));
    let account = account
        .with("AWS_CONTAINER_CREDENTIALS_FULL_URI", "STUB/container")
        .with("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file);
    assert_eq!(account.signed_by(&[], "a container's credentials"), "ASIACONTAINER");
    assert_eq!(account.header("/container", "authorization").as_deref(), Some("hidden-web-token"));
}

#[test]
fn instance_metadata_signs_with_a_session_token_of_version_two() {
    let account = imds(Account::new(""));
    assert_eq!(account.signed_by(&[], "the instance's metadata (IMDS)"), "ASIAIMDS");
    let before = account.before();
    assert_eq!(before.first().map(String::as_str), Some("PUT /latest/api/token"), "{before:?}");
    assert_eq!(account.header("/latest/meta-data", "x-aws-ec2-metadata-token").as_deref(), Some("hidden-imds-token"));
}

#[track_caller]
fn hint(account: &Account, arguments: &[&str], said: &[&str]) {
    let output = account.run(arguments).code(1);
    for said in said {
        assert!(output.stderr.contains(said), "`{said}` is not in\n{}", output.stderr);
    }
}

#[test]
fn missing_credentials_error_lists_every_way_to_sign_in() {
    let ways = ["`aws login`", "`aws sso login`", "`AWS_ACCESS_KEY_ID`", "`--profile`", "`AWS_PROFILE`", "`--sandbox`"];
    hint(&Account::new(""), &[], &ways);
    hint(&Account::new("").with("AWS_PROFILE", "no"), &[], &["no profile `no` in the AWS configuration"]);
}

#[test]
fn expired_sign_in_error_names_the_login_command() {
    let mut over = token(-10);
    over.as_object_mut().expect("a mapping").remove("refreshToken");
    let dev = ["the sign-in of the profile `dev` has expired, or there was none", "`aws sso login --profile dev`"];
    hint(&Account::new(SSO).sso("corp", &over), &["--profile", "dev"], &dev);
    hint(&Account::new(SSO), &["--profile", "dev"], &dev);
    hint(&Account::refusing(SSO, Refusal::Sso).sso("corp", &token(3600)), &["--profile", "dev"], &dev);
    hint(&Account::new(LEGACY_SSO), &[], &["profile `default`", "`aws sso login`"]);
    let config = format!("{SSO}[profile app]\nrole_arn = {ROLE}/app\nsource_profile = dev\n");
    hint(&Account::new(&config), &["--profile", "app"], &dev);
    let config = format!("[profile console]\nlogin_session = {LOGIN}\n");
    let console = ["the sign-in of the profile `console` has expired", "`aws login --profile console`"];
    hint(&Account::new(&config), &["--profile", "console"], &console);
    hint(&Account::refusing(&config, Refusal::Login).login(-10), &["--profile", "console"], &console);
}

#[test]
fn denied_assume_role_is_not_reported_as_expired_sign_in() {
    let config = format!("{SSO}[profile app]\nrole_arn = {ROLE}/app\nsource_profile = dev\n");
    let account = Account::refusing(&config, Refusal::AssumeRole).sso("corp", &token(3600));
    let output = account.run(&["--profile", "app"]).code(1);
    assert!(output.stderr.contains("sts:AssumeRole"), "{}", output.stderr);
    assert!(!output.stderr.contains("has expired"), "{}", output.stderr);
}

#[test]
fn local_endpoint_is_called_without_credential_lookup() {
    let account = Account::new("");
    let file = account.path("was-run");
    account.write(".aws/config", &format!("[default]\ncredential_process = touch {}\n", file.display()));
    let endpoint = account.stub.endpoint();
    account.run(&["--endpoint-url", &endpoint]).code(3);
    let asked = account.asked.lock().expect("the log");
    assert!(asked.iter().all(|one| signer(one) == "testing"), "{asked:?}");
    assert!(!file.exists(), "the process of the profile was not run");
}
