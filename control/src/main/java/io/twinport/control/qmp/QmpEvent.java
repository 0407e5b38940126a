package io.twinport.control.qmp;

import tools.jackson.databind.JsonNode;

/**
 * Something that QEMU has told without being asked.
 *
 * @param name for instance {@code DEVICE_DELETED}
 * @param data an empty object if the event has none
 * @param nanos {@code System.nanoTime()} when it was read
 */
public record QmpEvent(String name, JsonNode data, long nanos) {
    /** Whether the data's member is this string. */
    public boolean has(String member, String value) {
        return data.path(member).asString("").equals(value);
    }
}
