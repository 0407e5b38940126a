package io.twinport.perf.virtio;

import java.util.List;

/**
 * What is moved.
 *
 * @param burst frames at once
 * @param length bytes of each, without checksum
 */
record Load(int burst, int length) {
    /** By which a release is judged. */
    static final Load USUAL = new Load(32, 60);

    static final List<Load> ALL = List.of(USUAL, new Load(4, 60), new Load(32, 1514));

    String label() {
        return burst + " x " + length + " bytes";
    }
}
