/**
 * A lab in processes of the user's own: QEMU guests, the wire between their NICs, and a shell in each. Tests run one
 * guest (or one pair) at a time. Threads: one for each wire's switch, one for its sender; everything else waits in its
 * caller.
 *
 * <p>Thread: control. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.hw;

import org.jspecify.annotations.NullMarked;
