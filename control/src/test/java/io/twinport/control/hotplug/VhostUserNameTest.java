package io.twinport.control.hotplug;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VhostUserNameTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vhost-user:/run/s.sock | 1 | true",
                "vhost-user:/run/s.sock,packed=0 | 1 | false",
                "vhost-user:/run/s.sock,server=1,queues=16,mac=02:00:00:00:00:01,packed=1 | 16 | true"
            })
    void shouldTakeWhatANameSays(String name, int queues, boolean packed) {
        assertTrue(VhostUserName.is(name));
        assertDoesNotThrow(() -> VhostUserName.check(name));
        assertEquals(queues, VhostUserName.queues(name));
        assertEquals(packed, VhostUserName.isPacked(name));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vhost-user:s.sock | whole path",
                "vhost-user: | whole path",
                "vhost-user:/s,packed=2 | packed=2: give 0",
                "vhost-user:/s,packed= | packed=",
                "vhost-user:/s,server=yes | server=yes: give 1",
                "vhost-user:/s,queues=0 | queues=0: 1 to 16",
                "vhost-user:/s,queues=17 | queues=17: 1 to 16",
                "vhost-user:/s,client=1 | no argument 'client'"
            })
    void shouldSayWhatIsWrong(String name, String message) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> VhostUserName.check(name));
        assertTrue(String.valueOf(e.getMessage()).contains(message), e::toString);
    }
}
