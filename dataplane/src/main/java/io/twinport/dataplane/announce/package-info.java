/**
 * What tells the network that a failover port is reached through its other side now (U11). The frames are made and timed
 * on the conductor's thread, which may allocate; the poll loop only sends them.
 */
@NullMarked
package io.twinport.dataplane.announce;

import org.jspecify.annotations.NullMarked;
