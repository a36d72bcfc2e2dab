//! The typed calls of EC2: pages, answers of odd shape, refusals, and the form of each input.

use std::sync::{Arc, Mutex};

use underpin::aws::CallError;
use underpin::aws::ec2::VpcEndpoint;

use crate::support::{Answer, Asked, Stub, aws_at};

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn form(asked: &Asked) -> String {
    String::from_utf8(asked.body.clone()).expect("a form")
}

/// A server that gives these answers in turn, the last one from then on, and the forms of its requests.
fn in_turn(answers: Vec<Answer>) -> (Stub, Arc<Mutex<Vec<String>>>) {
    let forms = Arc::new(Mutex::new(Vec::new()));
    let kept = forms.clone();
    let stub = Stub::start(move |asked| {
        let mut forms = kept.lock().expect("no thread fails");
        forms.push(form(asked));
        answers[forms.len().min(answers.len()) - 1].clone()
    });
    (stub, forms)
}

async fn endpoints(body: &str) -> Result<Vec<VpcEndpoint>, CallError> {
    let (stub, _) = in_turn(vec![answer(200, body)]);
    aws_at(&stub.endpoint()).ec2().describe_vpc_endpoints(&[]).await
}

#[tokio::test]
async fn pages_of_a_listing_are_joined_and_a_repeated_token_is_an_error() {
    let page = |id: &str, token: &str| {
        let body = format!(
            "<DescribeVpcsResponse><vpcSet><item><vpcId>{id}</vpcId><isDefault>true</isDefault></item></vpcSet>\
             <nextToken>{token}</nextToken></DescribeVpcsResponse>"
        );
        answer(200, &body)
    };
    let (stub, forms) = in_turn(vec![page("vpc-1", "a+b="), page("vpc-2", "c"), page("vpc-3", "")]);
    let vpcs = aws_at(&stub.endpoint()).ec2().describe_vpcs().await.expect("three pages");
    let ids: Vec<&str> = vpcs.iter().filter_map(|vpc| vpc.id.as_deref()).collect();
    assert_eq!(ids, ["vpc-1", "vpc-2", "vpc-3"]);
    let start = "Action=DescribeVpcs&Version=2016-11-15";
    assert_eq!(
        *forms.lock().expect("no thread fails"),
        [start.to_owned(), format!("{start}&NextToken=a%2Bb%3D"), format!("{start}&NextToken=c")]
    );

    let (stub, forms) = in_turn(vec![page("vpc-1", "a")]);
    let error = aws_at(&stub.endpoint()).ec2().describe_vpcs().await.expect_err("pages without an end");
    assert!(error.message.contains("token"), "{error}");
    assert_eq!(forms.lock().expect("no thread fails").len(), 2);
}

#[tokio::test]
async fn members_that_are_absent_or_empty_are_none_and_lists_are_whole() {
    for empty in ["", "<vpcEndpointSet/>", "<vpcEndpointSet> </vpcEndpointSet>", "<other>x</other>"] {
        let body = format!("<DescribeVpcEndpointsResponse>{empty}</DescribeVpcEndpointsResponse>");
        assert_eq!(endpoints(&body).await.expect(empty), []);
    }
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
        <DescribeVpcEndpointsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>
        <vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId><policyDocument>{&quot;a&quot;:&#34;&lt;&#34;}</policyDocument>
        <routeTableIdSet><item>rtb-1</item></routeTableIdSet><subnetIdSet/><groupSet><item><groupId>sg-1</groupId>
        <groupName>true</groupName></item></groupSet><dnsOptions/><lastError><message>full</message></lastError>
        <requesterManaged>false</requesterManaged><ipv4PrefixSet><item><subnetId>s</subnetId><ipPrefixSet>
        <item>10.0.0.0/28</item></ipPrefixSet></item></ipv4PrefixSet>
        <tagSet><item><key>true</key><value>true</value></item><item><key>empty</key><value/></item><item><value>x</value></item>
        </tagSet><newer><item>1</item></newer></item><item/></vpcEndpointSet></DescribeVpcEndpointsResponse>";
    let expected = VpcEndpoint {
        id: Some("vpce-1".to_owned()),
        policy_document: Some("{\"a\":\"<\"}".to_owned()),
        route_table_ids: vec!["rtb-1".to_owned()],
        group_ids: vec!["sg-1".to_owned()],
        requester_managed: Some(false),
        failure: Some("full".to_owned()),
        ip_prefixes: vec!["10.0.0.0/28".to_owned()],
        tags: [("true", "true"), ("empty", "")].map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        ..VpcEndpoint::default()
    };
    assert_eq!(endpoints(body).await.expect("two endpoints"), [expected, VpcEndpoint::default()]);
}

#[tokio::test]
async fn answer_of_another_shape_is_an_error_and_no_empty_list() {
    let item = |member: &str| {
        format!(
            "<DescribeVpcEndpointsResponse><vpcEndpointSet><item>{member}</item></vpcEndpointSet>\
             </DescribeVpcEndpointsResponse>"
        )
    };
    let bodies = [
        String::new(),
        "{}".to_owned(),
        "<html><body>Sign in</body></html>".to_owned(),
        "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>".to_owned(),
        "<DescribeVpcEndpointsResponse><vpcEndpointSet>".to_owned(),
        "<DescribeVpcEndpointsResponse><vpcEndpointSet>x</vpcEndpointSet></DescribeVpcEndpointsResponse>".to_owned(),
        item("<requesterManaged>perhaps</requesterManaged>"),
        item("<vpcEndpointId>a</vpcEndpointId><vpcEndpointId>b</vpcEndpointId>"),
        item("<routeTableIdSet><item><id>x</id></item></routeTableIdSet>"),
        item("<tagSet>x</tagSet>"),
    ];
    for body in bodies {
        let error = endpoints(&body).await.expect_err(&body);
        assert_eq!((error.service.as_str(), error.operation.as_str()), ("ec2", "DescribeVpcEndpoints"), "{body}");
        assert!(error.message.contains("the answer can't be read: "), "{body}: {error}");
    }
}

#[tokio::test]
async fn refusals_in_both_spellings_have_code_message_and_status() {
    let error =
        "<Error><Code>UnauthorizedOperation</Code><Message>Encoded authorization failure message: x</Message></Error>";
    for body in [
        format!("<Response><Errors>{error}</Errors><RequestID>r</RequestID></Response>"),
        format!("<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>"),
    ] {
        let headers = vec![("x-amzn-requestid".to_owned(), "r".to_owned())];
        let (stub, forms) = in_turn(vec![Answer { headers, ..answer(403, &body) }]);
        let error = aws_at(&stub.endpoint()).ec2().describe_vpcs().await.expect_err("it is denied");
        assert!(error.is_denied() && !error.is_unsupported(), "{error:?}");
        assert_eq!(error.message, "Encoded authorization failure message: x");
        assert_eq!((error.status, error.request_id.as_deref()), (Some(403), Some("r")));
        assert_eq!(forms.lock().expect("no thread fails").len(), 1, "it is not repeated");
    }
}

#[tokio::test]
async fn throttled_call_is_repeated_and_an_unknown_operation_is_not() {
    let throttled = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow down</Message></Error></Errors></Response>";
    let (stub, forms) = in_turn(vec![answer(503, throttled), answer(200, "<DescribeVpcsResponse/>")]);
    assert_eq!(aws_at(&stub.endpoint()).ec2().describe_vpcs().await.expect("the second attempt"), []);
    assert_eq!(forms.lock().expect("no thread fails").len(), 2);
    let unknown =
        "<Response><Errors><Error><Code>InvalidAction</Code><Message>no</Message></Error></Errors></Response>";
    for lacking in [answer(400, unknown), answer(501, ""), answer(500, "<!doctype html><title>oh</title>")] {
        let (stub, forms) = in_turn(vec![lacking]);
        let aws = aws_at(&stub.endpoint());
        let error = aws.ec2().describe_vpcs().await.expect_err("there is no such operation");
        assert!(error.is_unsupported(), "{error:?}");
        assert_eq!(aws.lacking(), ["EC2: DescribeVpcs"]);
        assert_eq!(forms.lock().expect("no thread fails").len(), 1);
    }
}
