package io.twinport.control.host.migrate;

import io.twinport.control.UserException;
import io.twinport.control.host.teaming.Nic;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pair that no document names, as a cloud makes them: the guest bonds two devices by itself.
 *
 * @param domain the guest's name, or {@code *} for each that has such devices
 * @param standby its alias
 * @param primary its alias, or the VF's PCI address on the host
 */
public record PairName(String domain, String standby, String primary) {
    private static final Pattern TEXT = Pattern.compile(
            "(\\*|[^/\\p{Cntrl}]{1,200})/([A-Za-z0-9_.-]{1,100})=([A-Za-z0-9_.-]{1,100}|[\\da-f]{4}:[\\da-f]{2}:[\\da-f]{2}\\.[0-7])");

    /** @throws UserException if it is none */
    public static PairName parse(String option, String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new UserException(option + " " + text
                    + " names no pair: give DOMAIN/STANDBY=PRIMARY, for instance '*/net0=hostdev0' or"
                    + " vm01/net0=0000:42:02.5.");
        }
        return new PairName(parts.group(1), parts.group(2), parts.group(3));
    }

    boolean isOf(String name) {
        return domain.equals("*") || domain.equals(name);
    }

    boolean isStandby(Nic nic) {
        return nic.alias().filter(standby::equals).isPresent();
    }

    boolean isPrimary(Nic nic) {
        Optional<String> address = nic.hostAddress().map(Object::toString);
        return nic.alias().filter(primary::equals).isPresent()
                || address.filter(primary::equals).isPresent();
    }
}
