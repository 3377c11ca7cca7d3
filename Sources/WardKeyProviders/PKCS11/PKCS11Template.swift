internal import CPKCS11

/// Attributes of an object, with the memory that they point to.
final class PKCS11Template {
    private var attributes: [CK_ATTRIBUTE] = []
    private var buffers: [UnsafeMutableRawBufferPointer] = []

    deinit { for buffer in buffers { buffer.deallocate() } }

    func add(_ type: UInt, bytes: [UInt8]) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        buffer.copyBytes(from: bytes)
        buffers.append(buffer)
        attributes.append(
            CK_ATTRIBUTE(
                type: CK_ATTRIBUTE_TYPE(type), pValue: buffer.baseAddress, ulValueLen: CK_ULONG(bytes.count)))
    }

    func add(_ type: UInt, value: CK_ULONG) { add(type, bytes: withUnsafeBytes(of: value) { Array($0) }) }

    func add(_ type: UInt, flag: Bool) { add(type, bytes: [flag ? 1 : 0]) }

    /// Calls `body` with the attributes; they live until this template is gone.
    func withAttributes(_ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) -> CK_RV) -> CK_RV {
        withExtendedLifetime(self) {
            attributes.withUnsafeMutableBufferPointer { body($0.baseAddress, CK_ULONG($0.count)) }
        }
    }
}
