/**
 * Who belongs to a port, and how its devices are set: admission, joining and leaving as a plan whose steps have an undo
 * (R11-R37), and the port's configuration, which every device has as long as it is a member (R59). Control threads only;
 * allocates freely. The poll loop knows nothing of it.
 */
@NullMarked
package io.twinport.dataplane.member;

import org.jspecify.annotations.NullMarked;
