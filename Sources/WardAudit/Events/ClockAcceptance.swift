internal import Crypto

/// What shows in the clear that an entry of kind `acceptance` takes back the time of a clock that was ahead: the digest in
/// its header. No other acceptance lets time go back.
public enum ClockAcceptance {
    /// SHA-256 of `ward-acceptance/v1`, a line end, `clock`, a line end.
    public static let digest = Array(SHA256.hash(data: Array("ward-acceptance/v1\nclock\n".utf8)))
}
