package io.twinport.control.metrics;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets requests through that a scraper makes. A browser may be led to ask a server on loopback by a name that its page's owner has
 * pointed there, and would hand the answer to that page (DNS rebinding): such a request has that name as its host.
 */
final class ScrapeFilter extends Filter {
    private static final int MISDIRECTED = 421;
    private static final String METHOD = "GET";
    private static final Pattern HOST = Pattern.compile("(\\[[^\\]]*\\]|[^:]*)(?::\\d{0,5})?");

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private final boolean isLocal;
    private final String name;

    /**
     * @param name by which the server was told where to listen
     * @param address what that is
     */
    ScrapeFilter(String name, InetAddress address) {
        this.name = name;
        this.isLocal = address.isLoopbackAddress();
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        int code = refusal(exchange);
        if (code == 0) {
            chain.doFilter(exchange);
            return;
        }
        exchange.getResponseHeaders().set("Connection", "close"); // a body may come that nobody reads
        if (code == HttpURLConnection.HTTP_BAD_METHOD) {
            exchange.getResponseHeaders().set("Allow", METHOD);
        }
        exchange.sendResponseHeaders(code, -1);
        exchange.close();
    }

    @Override
    public String description() {
        return "what a scraper asks for";
    }

    private int refusal(HttpExchange exchange) {
        if (!exchange.getRequestMethod().equals(METHOD)) {
            return HttpURLConnection.HTTP_BAD_METHOD;
        }
        // Who sends none is no browser.
        List<String> hosts = exchange.getRequestHeaders().getOrDefault("Host", List.of());
        return hosts.stream().allMatch(this::isOurs) ? 0 : MISDIRECTED;
    }

    /** What other machines call this one is not known. */
    boolean isOurs(String host) {
        Matcher parts = HOST.matcher(host.strip());
        return !isLocal || parts.matches() && isName(parts.group(1));
    }

    private boolean isName(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.equals(name.toLowerCase(Locale.ROOT))
                || LOOPBACK.matcher(lower).matches();
    }
}
