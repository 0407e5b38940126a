package io.twinport.dataplane.testing;

import io.twinport.dataplane.device.FilterSettings;
import java.util.Arrays;
import java.util.TreeSet;

/** What a port lets through, in tests. */
public final class Filters {
    private Filters() {}

    /** The same, with these VLANs. */
    public static FilterSettings withVlans(FilterSettings others, Integer... ids) {
        return new FilterSettings(
                others.promiscuous(),
                others.allMulticast(),
                others.unicast(),
                others.multicast(),
                new TreeSet<>(Arrays.asList(ids)));
    }
}
