package io.twinport.control.metrics;

import io.twinport.control.UserException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where metrics are served.
 *
 * @param host a name or an address; loopback unless another is given
 */
public record MetricsAddress(String host, int port) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern TEXT = Pattern.compile("(?:([\\w.-]+|\\[[\\p{XDigit}:.]+]):)?(\\d{1,5})");
    private static final int LAST_PORT = 65_535;

    /** Reads {@code 9464}, {@code 10.0.0.5:9464} or {@code [::1]:9464}; port 0 is any free one. */
    public static MetricsAddress parse(String option, String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > LAST_PORT) {
            throw new UserException(option + " " + text
                    + " is no address: give PORT, which is then open on loopback only, or HOST:PORT, for instance 9464 or"
                    + " 10.0.0.5:9464.");
        }
        String host = parts.group(1) == null ? LOOPBACK : parts.group(1).replaceAll("[\\[\\]]", "");
        return new MetricsAddress(host, Integer.parseInt(parts.group(2)));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
