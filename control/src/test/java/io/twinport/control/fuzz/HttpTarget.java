package io.twinport.control.fuzz;

import io.twinport.control.metrics.Metrics;
import io.twinport.control.metrics.MetricsAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Requests for metrics: each is answered or cut off, in time, and never with the server's own fault. */
final class HttpTarget implements FuzzTarget {
    private static final int MILLIS = 15_000;

    private final Metrics metrics = Metrics.start(MetricsAddress.parse("--metrics", "0"));
    private final int port = URI.create(metrics.url()).getPort();

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                        "HEAD /metrics?name[]=a HTTP/1.0\r\nAccept: application/openmetrics-text\r\n\r\n",
                        "GET /metrics HTTP/1.1\r\nHost: [::1]:80\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n",
                        "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/vnd.google.protobuf;"
                                + "proto=io.prometheus.client.MetricFamily;encoding=delimited\r\n\r\n",
                        "POST /metrics HTTP/1.1\r\nHost: evil.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
                        "GET http://localhost/other HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    @Override
    public void read(byte[] input) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(MILLIS);
            socket.getOutputStream().write(input);
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readNBytes(1 << 16), StandardCharsets.ISO_8859_1);
            if (answer.matches("HTTP/1.1 5(?!01).*")) { // 501: an encoding of bodies that it does not know
                throw new AssertionError(answer);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer within " + MILLIS + " ms", e);
        } catch (IOException e) {
            // It was cut off before it had been sent.
        }
    }

    @Override
    public void close() {
        metrics.close();
    }
}
