/// Whose data a data key seals: one patient's compartment, or all of a tenant that lies outside any compartment.
public struct DataKeyOwner: Hashable, Sendable {
    /// The tenant's number.
    public let tenant: UInt32
    /// The patient's logical id; nil for the tenant's shared key.
    public let patient: String?

    /// An owner; `patient` nil names the tenant's shared key.
    public init(tenant: UInt32, patient: String?) {
        self.tenant = tenant
        self.patient = patient
    }

    /// A patient's key seals one patient's records, few enough for random 96-bit nonces; a shared one does not have
    /// that bound.
    public var algorithm: SealAlgorithm { patient == nil ? .xaes256GCM : .aes256GCM }

    /// `patient` or `shared`: part of what a wrapped data key is bound to.
    var purpose: String { patient == nil ? "shared" : "patient" }
}
