package io.twinport.control.host;

/** What is known of NICs, by the standby's way. */
public interface NicVerdicts {
    /** What twinport knows by itself: igb, as measured. */
    NicVerdicts BUILT_IN = new NicVerdicts() {
        @Override
        public NicVerdict behindBridge(NicId nic) {
            return nic.driver().equals("igb") ? NicVerdict.EARLY : NicVerdict.UNKNOWN;
        }

        @Override
        public NicVerdict behindMacvlan(NicId nic) {
            return nic.driver().equals("igb") ? NicVerdict.LATE : NicVerdict.UNKNOWN;
        }
    };

    /** Where the standby is behind a bridge of which the PF is a port. */
    NicVerdict behindBridge(NicId nic);

    /** Where the standby is a macvlan or a macvtap over the PF; {@link NicVerdict#EARLY} is none of the answers. */
    NicVerdict behindMacvlan(NicId nic);
}
