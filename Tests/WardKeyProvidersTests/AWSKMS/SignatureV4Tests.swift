import Testing
@testable import WardKeyProviders

@Suite struct SignatureV4Tests {
    /// 2015-08-30T12:36:00Z
    let now: Int64 = 1_440_938_160_000_000

    /// Source: AWS, Signature Version 4 test suite, `get-vanilla`.
    @Test func signsAsThePublishedTestSuite() {
        let signer = SignatureV4(region: "us-east-1", service: "service")
        let headers = signer.authorising(
            method: "GET", headers: [(name: "Host", value: "example.amazonaws.com")], body: [],
            credentials: .init(
                accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            now: now)
        #expect(headers.map(\.name) == ["x-amz-date", "authorization"])
        #expect(headers[0].value == "20150830T123600Z")
        #expect(headers[1].value == """
            AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
            SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31
            """)
    }

    /// The same request signed by botocore 1.43.
    @Test func signsAsTheVendorsOwnClient() {
        let signer = SignatureV4(region: "eu-central-1", service: "kms")
        let headers = signer.authorising(
            method: "POST",
            headers: [
                (name: "content-type", value: "application/x-amz-json-1.1"),
                (name: "host", value: "kms.eu-central-1.amazonaws.com"), (name: "x-amz-target", value: "TrentService.DescribeKey"),
            ],
            body: Array(#"{"KeyId":"alias/ward"}"#.utf8),
            credentials: .init(
                accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: "session/token=="),
            now: now)
        #expect(headers[1].value == "session/token==")
        #expect(headers[2].value == """
            AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-central-1/kms/aws4_request, \
            SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
            Signature=3e49472dba9ac6dd8441704e2295fe696e4438cd7a94f4ca378a22e5d895ac59
            """)
    }
}
