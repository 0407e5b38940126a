package io.twinport.control.metrics;

import io.twinport.control.UserException;
import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where metrics are served.
 *
 * @param host a name or an address; loopback unless another is given
 */
public record MetricsAddress(String host, int port) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern TEXT = Pattern.compile("(?:([\\w.-]{1,253}|\\[[\\p{XDigit}:.]+]):)?(\\d{1,5})");

    /** As DNS and {@code /etc/hosts} have them. */
    private static final Pattern NAME = Pattern.compile("(?!-)[\\w-]{1,63}(\\.(?!-)[\\w-]{1,63})*\\.?");

    /** What looks like an address, and has to be one. */
    private static final Pattern NUMBERS = Pattern.compile("[\\d.]+|.*:.*");

    private static final int LAST_PORT = 65_535;

    /** Reads {@code 9464}, {@code 10.0.0.5:9464} or {@code [::1]:9464}; port 0 is any free one. */
    public static MetricsAddress parse(String option, String text) {
        Matcher parts = TEXT.matcher(text);
        boolean isOne = parts.matches() && Integer.parseInt(parts.group(2)) <= LAST_PORT;
        String given = isOne && parts.group(1) != null ? parts.group(1).replaceAll("[\\[\\]]", "") : LOOPBACK;
        if (!isOne || !isHost(given)) {
            throw new UserException(option + " " + text
                    + " is no address: give PORT, which is then open on loopback only, or HOST:PORT, for instance 9464 or"
                    + " 10.0.0.5:9464.");
        }
        return new MetricsAddress(given, Integer.parseInt(parts.group(2)));
    }

    private static boolean isHost(String text) {
        if (!NUMBERS.matcher(text).matches()) {
            return NAME.matcher(text).matches();
        }
        try {
            InetAddress ignored = InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
