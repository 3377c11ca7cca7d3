public import Crypto

extension RandomSource {
    /// A random key of 256 bits. The scratch memory it is made in is overwritten before this returns.
    public func key() -> SymmetricKey {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { scratch in
            fill(scratch)
            defer { scratch.wipe() }
            return SymmetricKey(data: UnsafeRawBufferPointer(scratch))
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Overwrites the memory with zeros; called through a function that is not inlined, so that the store is not
    /// dropped as dead.
    @inline(never)
    func wipe() {
        for index in indices { self[index] = 0 }
    }
}
