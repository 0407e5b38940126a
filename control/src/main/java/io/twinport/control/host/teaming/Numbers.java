package io.twinport.control.host.teaming;

import io.twinport.dpdk.MacAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Numbers as libvirt reads them in a document. */
final class Numbers {
    /** Also {@code 2:0:0:0:0:1}. */
    private static final Pattern MAC = Pattern.compile("(?i)[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}");

    private static final Pattern HEX = Pattern.compile("0[xX][0-9a-fA-F]{1,8}");
    private static final Pattern OCTAL = Pattern.compile("0[0-7]{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,9}");

    private Numbers() {}

    /** In base 16, 8 or 10, as C has it; empty for anything else. */
    static OptionalLong of(String text) {
        if (HEX.matcher(text).matches()) {
            return OptionalLong.of(Long.parseLong(text.substring(2), 16));
        }
        if (OCTAL.matcher(text).matches()) {
            return OptionalLong.of(Long.parseLong(text, 8));
        }
        return DECIMAL.matcher(text).matches() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    /** An Ethernet address of any kind; empty where it is none. */
    static Optional<MacAddress> mac(String text) {
        if (!MAC.matcher(text).matches()) {
            return Optional.empty();
        }
        String digits = Arrays.stream(text.toLowerCase(Locale.ROOT).split(":", -1))
                .map(each -> each.length() == 1 ? "0" + each : each)
                .collect(Collectors.joining());
        return Optional.of(new MacAddress(Long.parseLong(digits, 16)));
    }
}
