/// The URI by which an authenticator app takes a secret. It is a secret itself: shown once, never logged.
///
/// Shape: `otpauth://totp/Ward:NAME?secret=…&issuer=Ward&algorithm=SHA1&digits=6&period=30`. Source:
/// https://github.com/google/google-authenticator/wiki/Key-Uri-Format.
enum OTPAuthURI {
    static func make(name: UserName, secret: [UInt8], issuer: String = "Ward") -> String {
        "otpauth://totp/\(encode(issuer)):\(encode(name.text))?secret=\(Base32.encode(secret))&issuer=\(encode(issuer))"
            + "&algorithm=SHA1&digits=\(TOTP.digits)&period=\(TOTP.stepSeconds)"
    }

    private static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
