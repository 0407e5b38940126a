package io.twinport.dataplane.vhost;

/**
 * The socket by which a far end is met.
 *
 * @param path at most 107 bytes
 * @param isServer whether we listen there, and the far end connects; else it listens
 */
public record FarEndAddress(String path, boolean isServer) {
    @Override
    public String toString() {
        return "the far end at " + path;
    }
}
