internal import CPKCS11
internal import WardKeys

/// A session with a token, used by one thread and closed by it.
final class PKCS11Session {
    private let functions: CK_FUNCTION_LIST
    private var handle = CK_SESSION_HANDLE()

    /// Opens a session with the token of this label and logs its user in.
    /// - Throws: `KeyError` with `.missing` where no such token is there, `.wrongPassphrase` where the PIN is not its.
    init(_ module: PKCS11Module, token: String, pin: SecretBytes) throws(KeyError) {
        functions = module.functions
        let slot = try Self.slot(functions, token)
        let flags = CK_FLAGS(CKF_SERIAL_SESSION | CKF_RW_SESSION)
        try PKCS11.check(functions.C_OpenSession(slot, flags, nil, nil, &handle), "open the token")
        let code = pin.withBytes { bytes in
            var bytes = bytes
            defer { bytes.wipe() }
            return functions.C_Login(handle, CK_USER_TYPE(CKU_USER), &bytes, CK_ULONG(bytes.count))
        }
        guard code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN else {
            close()
            try PKCS11.check(code, "log in to the token")
            return
        }
    }

    func close() { _ = functions.C_CloseSession(handle) }

    private static func slot(_ functions: CK_FUNCTION_LIST, _ label: String) throws(KeyError) -> CK_SLOT_ID {
        var count = CK_ULONG(0)
        try PKCS11.check(functions.C_GetSlotList(CK_BBOOL(CK_TRUE), nil, &count), "list the tokens")
        var slots = [CK_SLOT_ID](repeating: 0, count: Int(count))
        try PKCS11.check(functions.C_GetSlotList(CK_BBOOL(CK_TRUE), &slots, &count), "list the tokens")
        for slot in slots.prefix(Int(count)) {
            var info = CK_TOKEN_INFO()
            guard functions.C_GetTokenInfo(slot, &info) == CKR_OK else { continue }
            let found = withUnsafeBytes(of: info.label) { String(decoding: $0, as: UTF8.self) }
            if found.trimmingSpaces == label { return slot }
        }
        throw KeyError(.missing, """
            no token with the configured label is in the module's slots: it is not plugged in, has another label (keys.pkcs11.token), or is lost. \
            A token of SoftHSM can be lost when a process that uses it is killed: look whether its folder holds an empty token.object, and \
            put the folder back from its copy
            """)
    }

    /// A version of a root: its number and the object that is the key.
    struct Version {
        var number: UInt32
        /// Microseconds since 1970-01-01T00:00:00Z; nil where the id does not tell.
        var createdAt: Int64?
        var object: CK_OBJECT_HANDLE
    }

    /// Every version of the root of this label, oldest first. What others put into the token under the same label is passed over: an
    /// object without an id, or with one of another form.
    func versions(_ label: String) throws(KeyError) -> [Version] {
        var versions: [Version] = []
        for object in try find(label) {
            guard let id = try attribute(CKA_ID, of: object), id.count == 4 || id.count == 12 else { continue }
            let number = id[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let time = id.count == 12 ? id[4...].reduce(Int64(0)) { $0 << 8 | Int64($1) } : nil
            versions.append(Version(number: number, createdAt: time, object: object))
        }
        return versions.sorted { $0.number < $1.number }
    }

    /// Makes a version of a root in the token: sensitive, not to be extracted, for sealing and opening alone. Its id is
    /// the version and the time, `u32 ‖ i64 µs`: tokens do not keep dates reliably.
    func make(_ label: String, version: UInt32, now: Int64) throws(KeyError) {
        let template = PKCS11Template()
        template.add(CKA_CLASS, value: CK_OBJECT_CLASS(CKO_SECRET_KEY))
        template.add(CKA_KEY_TYPE, value: CK_KEY_TYPE(CKK_AES))
        template.add(CKA_VALUE_LEN, value: CK_ULONG(32))
        for flag in [CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ENCRYPT, CKA_DECRYPT] { template.add(flag, flag: true) }
        for flag in [CKA_EXTRACTABLE, CKA_SIGN, CKA_VERIFY, CKA_WRAP, CKA_UNWRAP, CKA_DERIVE] {
            template.add(flag, flag: false)
        }
        template.add(CKA_LABEL, bytes: Array(label.utf8))
        let id = withUnsafeBytes(of: version.bigEndian) { Array($0) } + withUnsafeBytes(of: now.bigEndian) { Array($0) }
        template.add(CKA_ID, bytes: id)
        var mechanism = CK_MECHANISM()
        mechanism.mechanism = CK_MECHANISM_TYPE(CKM_AES_KEY_GEN)
        var object = CK_OBJECT_HANDLE()
        let code = template.withAttributes { functions.C_GenerateKey(handle, &mechanism, $0, $1, &object) }
        try PKCS11.check(code, "make a root key in the token")
    }

    /// Destroys an object of the token.
    func destroy(_ object: CK_OBJECT_HANDLE) throws(KeyError) {
        try PKCS11.check(functions.C_DestroyObject(handle, object), "destroy an old root key in the token")
    }

    /// Whether the token says of a key that it was never to be extracted.
    func isNeverExtractable(_ object: CK_OBJECT_HANDLE) throws(KeyError) -> Bool {
        let never = try attribute(CKA_NEVER_EXTRACTABLE, of: object)
        return try attribute(CKA_ALWAYS_SENSITIVE, of: object) == [1] && never == [1]
    }

    /// Seals under a key of the token: `ciphertext ‖ tag`, AES-256-GCM.
    func seal(_ plaintext: [UInt8], under key: CK_OBJECT_HANDLE, nonce: [UInt8], aad: [UInt8]) throws(KeyError) -> [UInt8] {
        try withGCM(nonce, aad) { mechanism in
            var (input, output) = (plaintext, [UInt8](repeating: 0, count: plaintext.count + 64))
            defer { input.wipe() }
            var count = CK_ULONG(output.count)
            var code = functions.C_EncryptInit(handle, mechanism, key)
            if code == CKR_OK { code = functions.C_Encrypt(handle, &input, CK_ULONG(input.count), &output, &count) }
            return (code, Array(output.prefix(Int(count))))
        }
    }

    /// Opens `ciphertext ‖ tag`.
    /// - Throws: `KeyError` with `.authentication` where the bytes, the nonce or the additional data are others.
    func open(_ sealed: [UInt8], under key: CK_OBJECT_HANDLE, nonce: [UInt8], aad: [UInt8]) throws(KeyError) -> [UInt8] {
        try withGCM(nonce, aad) { mechanism in
            var (input, output) = (sealed, [UInt8](repeating: 0, count: sealed.count + 64))
            // The result is a copy, which the caller overwrites.
            defer { output.wipe() }
            var count = CK_ULONG(output.count)
            var code = functions.C_DecryptInit(handle, mechanism, key)
            guard code == CKR_OK else { return (code, []) }
            code = functions.C_Decrypt(handle, &input, CK_ULONG(input.count), &output, &count)
            return (PKCS11.afterDecryption(code), Array(output.prefix(Int(count))))
        }
    }

    private func withGCM(
        _ nonce: [UInt8], _ aad: [UInt8],
        _ body: (UnsafeMutablePointer<CK_MECHANISM>) -> (code: CK_RV, bytes: [UInt8])
    ) throws(KeyError) -> [UInt8] {
        var (nonce, aad) = (nonce, aad)
        let result = nonce.withUnsafeMutableBufferPointer { nonce in
            aad.withUnsafeMutableBufferPointer { aad in
                var parameters = CK_GCM_PARAMS(
                    pIv: nonce.baseAddress, ulIvLen: CK_ULONG(nonce.count), ulIvBits: CK_ULONG(nonce.count * 8),
                    pAAD: aad.baseAddress, ulAADLen: CK_ULONG(aad.count), ulTagBits: 128)
                return withUnsafeMutableBytes(of: &parameters) { bytes in
                    var mechanism = CK_MECHANISM(
                        mechanism: CK_MECHANISM_TYPE(CKM_AES_GCM), pParameter: bytes.baseAddress,
                        ulParameterLen: CK_ULONG(bytes.count))
                    return body(&mechanism)
                }
            }
        }
        try PKCS11.check(result.code, "use the root key in the token")
        return result.bytes
    }

    private func find(_ label: String) throws(KeyError) -> [CK_OBJECT_HANDLE] {
        let template = PKCS11Template()
        template.add(CKA_CLASS, value: CK_OBJECT_CLASS(CKO_SECRET_KEY))
        template.add(CKA_KEY_TYPE, value: CK_KEY_TYPE(CKK_AES))
        template.add(CKA_LABEL, bytes: Array(label.utf8))
        try PKCS11.check(
            template.withAttributes { functions.C_FindObjectsInit(handle, $0, $1) }, "find the root key in the token")
        defer { _ = functions.C_FindObjectsFinal(handle) }
        var found: [CK_OBJECT_HANDLE] = []
        var objects = [CK_OBJECT_HANDLE](repeating: 0, count: 64)
        var count = CK_ULONG(0)
        repeat {
            try PKCS11.check(
                functions.C_FindObjects(handle, &objects, CK_ULONG(objects.count), &count),
                "find the root key in the token")
            found += objects.prefix(Int(count))
        } while count > 0
        return found
    }

    /// An attribute of an object; nil where it has none of that type, or one that is longer than any of ours.
    private func attribute(_ type: UInt, of object: CK_OBJECT_HANDLE) throws(KeyError) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 64)
        var count = CK_ULONG(0)
        let code = value.withUnsafeMutableBytes { bytes in
            var attribute = CK_ATTRIBUTE(
                type: CK_ATTRIBUTE_TYPE(type), pValue: bytes.baseAddress, ulValueLen: CK_ULONG(bytes.count))
            let code = functions.C_GetAttributeValue(handle, object, &attribute, 1)
            count = attribute.ulValueLen
            return code
        }
        if code == CKR_BUFFER_TOO_SMALL || code == CKR_ATTRIBUTE_TYPE_INVALID || code == CKR_ATTRIBUTE_SENSITIVE { return nil }
        try PKCS11.check(code, "read an attribute of the root key")
        // What is not to be had has a length of all ones (CK_UNAVAILABLE_INFORMATION).
        guard count <= CK_ULONG(value.count) else { return nil }
        return Array(value.prefix(Int(count)))
    }
}

extension String {
    /// Without the blanks with which PKCS #11 fills its fields.
    fileprivate var trimmingSpaces: String {
        String(reversed().drop { $0 == " " }.reversed())
    }
}
