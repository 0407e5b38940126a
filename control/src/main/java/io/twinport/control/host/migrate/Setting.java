package io.twinport.control.host.migrate;

/**
 * Something of a host that has a value, which can be read and, with one command, set. A name that begins with {@code @} is that of
 * the host's interface of the guest's device with this alias: on the target libvirt may choose it.
 *
 * @param subject what has it, by its kind
 * @param key which of its values; empty where it has one
 */
public record Setting(Side side, Kind kind, String subject, String key) {
    /** There is none: of an entry, a filter, a device. */
    public static final String NONE = "none";

    /** There is one: of a filter, a device, evidence. */
    public static final String THERE = "there";

    public static final String UP = "up";
    public static final String DOWN = "down";

    /** No VF's address. */
    public static final String ZERO_MAC = "00:00:00:00:00:00";

    /** What can be set. */
    public enum Kind {
        /** The guest. Subject: its name. It is moved by the migration alone. */
        GUEST,
        /** Whether a device of the guest has a link. Subject: its interface. {@code up}, {@code down}. */
        GUEST_LINK,
        /** The link of a VF as its PF has it. Subject: the PF; key: the VF's number. {@code auto}, {@code enable}, {@code disable}. */
        VF_LINK,
        /** The MAC address of a VF as its PF has it. Subject: the PF; key: the VF's number. */
        VF_MAC,
        /** A bridge's entry that somebody made. Subject: the bridge; key: the MAC address. The port, or {@code none}. */
        ENTRY,
        /** A device's own unicast filter. Subject: the device; key: the MAC address. {@code there}, {@code none}. */
        FILTER,
        /** A device of the guest. Subject: its alias. {@code there}, {@code none}. */
        DEVICE,
        /**
         * That the guest sends by an interface. Subject: this; key: which side the guest is asked to take, empty where nobody asks it.
         * {@code there}, {@code none}.
         */
        SENDER;

        /** Whether it is one of a guest that runs. */
        boolean isOfGuest() {
            return this == GUEST || this == GUEST_LINK || this == DEVICE || this == SENDER;
        }
    }

    /** @param device the interface of a guest's device */
    static Setting guestLink(Side side, String device) {
        return new Setting(side, Kind.GUEST_LINK, device, "");
    }

    /** For messages and for people. */
    public String text() {
        return side.text() + ": "
                + switch (kind) {
                    case GUEST -> "the guest " + subject;
                    case GUEST_LINK -> "link of " + subject;
                    case VF_LINK -> "link state of " + subject + " vf " + key;
                    case VF_MAC -> "MAC address of " + subject + " vf " + key;
                    case ENTRY -> "entry of " + key + " in " + subject;
                    case FILTER -> "filter of " + subject + " for " + key;
                    case DEVICE -> "the guest's device " + subject;
                    case SENDER -> "frames of the guest by " + subject;
                };
    }
}
