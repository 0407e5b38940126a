package io.twinport.dataplane.testing;

import io.twinport.dataplane.policy.DetectionSettings;
import java.time.Duration;

/** What a monitor looks for, in tests. */
public final class Detection {
    /** Nothing beside links (U10). */
    public static final DetectionSettings LINKS =
            new DetectionSettings(Duration.ZERO, Duration.ZERO, false, Duration.ZERO);

    private Detection() {}
}
