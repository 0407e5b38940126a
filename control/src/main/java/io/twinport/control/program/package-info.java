/**
 * Programs of the machine that are asked or told something, each with a deadline and a bounded answer. A test has others in their place.
 *
 * <p>Thread: control. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.control.program;

import org.jspecify.annotations.NullMarked;
