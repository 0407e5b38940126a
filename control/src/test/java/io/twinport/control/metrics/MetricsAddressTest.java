package io.twinport.control.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsAddressTest {
    @ParameterizedTest
    @CsvSource({
        "9464, 127.0.0.1:9464",
        "0, 127.0.0.1:0",
        "10.0.0.5:80, 10.0.0.5:80",
        "my-host.example:80, my-host.example:80",
        "[::1]:9464, [::1]:9464"
    })
    void shouldBeOnLoopbackUnlessToldOtherwise(String text, String address) {
        assertEquals(address, MetricsAddress.parse("--metrics", text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "65536",
                "-1",
                "-:1",
                "a..b:1",
                "999.1.1.1:80",
                "1.2.3.4.5:80",
                "[::x]:1",
                "[:::]:1",
                "host:",
                ":9464",
                "1:2:3",
                "127.0.0.1"
            })
    void shouldRefuseWhatIsNoAddress(String text) {
        String message = String.valueOf(assertThrows(UserException.class, () -> MetricsAddress.parse("--metrics", text))
                .getMessage());
        assertTrue(message.startsWith("--metrics " + text + " is no address"), message);
    }

    @Test
    void shouldSayThatAPortIsTaken() {
        try (Metrics first = Metrics.start(new MetricsAddress("127.0.0.1", 0))) {
            String taken = first.url().replaceAll(".*:(\\d+)/.*", "$1");
            MetricsAddress same = new MetricsAddress("127.0.0.1", Integer.parseInt(taken));
            String message = String.valueOf(
                    assertThrows(UserException.class, () -> Metrics.start(same)).getMessage());
            assertTrue(message.contains(taken + " cannot be opened"), message);
        }
    }
}
