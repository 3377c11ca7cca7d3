internal import CPKCS11
internal import Dispatch
internal import Foundation
internal import Synchronization
internal import WardKeys

/// A token of a PKCS #11 module, with its user logged in: makes, finds, uses and destroys AES keys that never leave it.
///
/// Calls block, so they run one after another on a queue of their own. Source: OASIS PKCS #11 v2.40.
final class PKCS11Client: Sendable {
    private let settings: PKCS11Settings
    private let pin: SecretBytes
    private let queue = DispatchQueue(label: "ward.pkcs11")
    private let module: PKCS11Module

    init(_ settings: PKCS11Settings) throws(KeyError) {
        self.settings = settings
        var pin = try Self.pin(settings.pinFile)
        while pin.last == UInt8(ascii: "\n") || pin.last == UInt8(ascii: "\r") { pin.removeLast() }
        guard !pin.isEmpty else { throw KeyError(.badPassphrase, "the PIN file is empty") }
        self.pin = SecretBytes(taking: &pin)
        module = try PKCS11Module.load(settings.module)
    }

    private static func pin(_ path: String) throws(KeyError) -> [UInt8] {
        do throws(KeyError) {
            return try SecretFile(path).read()
        } catch {
            guard error.code == .missing else { throw error }
            throw KeyError(.settings, "the PIN file (keys.pkcs11.pin_file) is missing: name the file that holds the token's user PIN")
        }
    }

    /// Does blocking work with a session in which the user is logged in.
    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (PKCS11Session) throws(KeyError) -> Value
    ) async throws(KeyError) -> Value {
        let outcome: Result<Value, KeyError> = await withCheckedContinuation { continuation in
            queue.async { [self] in
                // Nobody goes on before the session is closed: a process that ends meanwhile would take the module's memory away under it.
                continuation.resume(returning: run(work))
            }
        }
        return try outcome.get()
    }

    private func run<Value: Sendable>(
        _ work: (PKCS11Session) throws(KeyError) -> Value
    ) -> Result<Value, KeyError> {
        do throws(KeyError) {
            let session = try PKCS11Session(module, token: settings.token, pin: pin)
            defer { session.close() }
            return .success(try work(session))
        } catch {
            return .failure(error)
        }
    }
}

/// A loaded module. Modules are loaded once and stay: many of them do not survive being loaded again.
struct PKCS11Module: Sendable {
    /// The module's functions. The module made the list before it handed it out and never changes it, and it was
    /// initialised for calls from several threads (`CKF_OS_LOCKING_OK`).
    let functions: CK_FUNCTION_LIST

    private static let loaded = Mutex<[String: PKCS11Module]>([:])

    static func load(_ path: String) throws(KeyError) -> PKCS11Module {
        try loaded.withLock { loaded -> Result<PKCS11Module, KeyError> in
            if let module = loaded[path] { return .success(module) }
            do throws(KeyError) {
                let module = try open(path)
                loaded[path] = module
                return .success(module)
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private static func open(_ path: String) throws(KeyError) -> PKCS11Module {
        let name = String(path.split(separator: "/").last ?? "")
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(handle, "C_GetFunctionList") else {
            throw KeyError(.missing, "\(name) cannot be loaded as a PKCS #11 module")
        }
        let getList = unsafeBitCast(
            symbol, to: (@convention(c) (UnsafeMutablePointer<CK_FUNCTION_LIST_PTR?>?) -> CK_RV).self)
        var list: CK_FUNCTION_LIST_PTR?
        try PKCS11.check(getList(&list), "load \(name)")
        guard let list else { throw KeyError(.unavailable, "load \(name)") }
        var arguments = CK_C_INITIALIZE_ARGS()
        arguments.flags = CK_FLAGS(CKF_OS_LOCKING_OK)
        let code = list.pointee.C_Initialize(&arguments)
        if code != CKR_CRYPTOKI_ALREADY_INITIALIZED { try PKCS11.check(code, "initialise \(name)") }
        return PKCS11Module(functions: list.pointee)
    }
}

/// Return values of a module, said as errors of keys.
enum PKCS11 {
    static func check(_ code: CK_RV, _ context: String) throws(KeyError) {
        guard code != CKR_OK else { return }
        throw KeyError(kind(of: code), "\(context) (PKCS #11 return value 0x\(String(code, radix: 16)))")
    }

    /// Modules tell a tag that does not hold by several return values, `CKR_GENERAL_ERROR` among them; what speaks of
    /// the device, the session or the memory stays what it is.
    static func afterDecryption(_ code: CK_RV) -> CK_RV {
        switch code {
        case CKR_OK, CKR_DEVICE_ERROR, CKR_DEVICE_MEMORY, CKR_DEVICE_REMOVED, CKR_HOST_MEMORY, CKR_SESSION_CLOSED,
            CKR_SESSION_HANDLE_INVALID, CKR_TOKEN_NOT_PRESENT, CKR_USER_NOT_LOGGED_IN:
            code
        default: CK_RV(CKR_ENCRYPTED_DATA_INVALID)
        }
    }

    private static func kind(of code: CK_RV) -> KeyError.Code {
        switch code {
        case CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_EXPIRED, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE: .wrongPassphrase
        case CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE: .authentication
        case CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID: .unknownKey
        default: .unavailable
        }
    }
}
