package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.testing.FakeDevice;
import io.twinport.dataplane.testing.Filters;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** R24, R25: what a device is told to let through, and what it is told where it cannot be told that. */
class DeviceFilterTest {
    private static final List<MacAddress> UNICAST = List.of(MacAddress.parse("02:00:00:00:00:21"));
    private static final List<MacAddress> MULTICAST = List.of(MacAddress.parseMulticast("01:00:5e:00:00:fb"));
    private static final FilterSettings LISTS = new FilterSettings(false, false, UNICAST, MULTICAST, new TreeSet<>());

    private final FakeDevice device = new FakeDevice("fake0", "02:00:00:00:00:01");

    @Test
    void shouldTellListsAndVlansAndTakeThemBack() {
        String before = device.state();
        DeviceFilter filter = new DeviceFilter(device);
        filter.apply(Filters.withVlans(LISTS, 20, 10));
        assertEquals(
                List.of(
                        "unicast " + UNICAST,
                        "multicast " + MULTICAST,
                        "vlan 10 on",
                        "vlan 20 on",
                        // Frames with a priority and without a VLAN belong to those without a tag.
                        "vlan 0 on"),
                device.takeStory());
        filter.restore();
        assertEquals(before, device.state());
    }

    @Test
    void shouldTellOnlyWhatChanges() {
        DeviceFilter filter = new DeviceFilter(device);
        filter.apply(Filters.withVlans(LISTS, 10, 20));
        device.takeStory();
        filter.apply(Filters.withVlans(LISTS.withAllMulticast(true), 20, 30));
        assertEquals(List.of("all-multicast true", "vlan 30 on", "vlan 10 off"), device.takeStory());
    }

    /** As Linux does with a device that has no unicast filter (IFF_UNICAST_FLT). */
    @Test
    void shouldMakePromiscuousWhatHasNoUnicastList() {
        DeviceFilter filter = new DeviceFilter(device.without("unicast"));
        filter.apply(LISTS);
        assertTrue(device.isPromiscuous());
        filter.apply(FilterSettings.NONE.withMulticast(MULTICAST));
        assertEquals(false, device.isPromiscuous(), "nothing needs it any more");
    }

    @Test
    void shouldTakeAllMulticastWhereThereIsNoListOfGroups() {
        new DeviceFilter(device.without("multicast")).apply(LISTS);
        assertTrue(device.isAllMulticast());
        assertEquals(false, device.isPromiscuous());
    }

    @Test
    void shouldMakePromiscuousWhatCannotTakeAllMulticastEither() {
        new DeviceFilter(device.without("multicast", "all-multicast")).apply(LISTS);
        assertTrue(device.isPromiscuous());
    }

    @Test
    void shouldAcceptDeviceWithoutAnyFilter() {
        String before = device.without("unicast", "multicast", "all-multicast", "promiscuous", "vlan")
                .state();
        new DeviceFilter(device).apply(Filters.withVlans(LISTS.withPromiscuous(true), 10));
        assertEquals(before, device.state());
    }

    /** A VF whose PF does not allow promiscuous mode: what is wanted would never arrive, so that must be said. */
    @Test
    void shouldRefuseFilterThatCannotBeOpened() {
        DeviceFilter filter = new DeviceFilter(device.filtered().without("promiscuous"));
        String before = device.state();
        ConfigurationException e = assertThrows(
                ConfigurationException.class,
                () -> filter.apply(FilterSettings.NONE.withPromiscuous(true).withAllMulticast(true)));
        assertTrue(String.valueOf(e.getMessage()).contains("does not support promiscuous mode"), e::toString);
        assertEquals(before, device.state());
    }

    @Test
    void shouldLeaveOnWhatWasOnBefore() {
        boolean unused = device.setPromiscuous(true);
        DeviceFilter filter = new DeviceFilter(device);
        filter.apply(LISTS);
        filter.restore();
        assertTrue(device.isPromiscuous());
    }

    /** Each single call fails once: then the device is as before. */
    @Test
    void shouldBeAsBeforeWhereverItFails() {
        FilterSettings first = Filters.withVlans(LISTS, 10, 20);
        FilterSettings second = new FilterSettings(
                true,
                true,
                List.of(MacAddress.parse("02:00:00:00:00:22")),
                List.of(MacAddress.parseMulticast("33:33:00:00:00:01")),
                new TreeSet<>(List.of(20, 30)));
        int failures = 0;
        while (true) {
            FakeDevice fake = new FakeDevice("fake0", "02:00:00:00:00:01");
            DeviceFilter filter = new DeviceFilter(fake);
            filter.apply(first);
            String before = fake.state();
            fake.failingAt(failures);
            try {
                filter.apply(second);
            } catch (RuntimeException e) {
                assertEquals(before, fake.state(), "after failure of call " + failures);
                assertEquals(first, filter.applied());
                failures++;
                continue;
            }
            assertTrue(fake.hasNotFailed());
            break;
        }
        assertEquals(6, failures, "two lists, two modes, one VLAN more and one less");
    }

    @Test
    void shouldRefuseWhatIsNoneOfItsKind() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new FilterSettings(false, false, MULTICAST, List.of(), new TreeSet<>()));
        assertThrows(IllegalArgumentException.class, () -> FilterSettings.NONE.withMulticast(UNICAST));
        assertThrows(IllegalArgumentException.class, () -> Filters.withVlans(FilterSettings.NONE, 4095));
        assertThrows(IllegalArgumentException.class, () -> Filters.withVlans(FilterSettings.NONE, 0));
    }
}
