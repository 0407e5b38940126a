/** The scenarios, one class each, and what they have in common. */
@NullMarked
package io.twinport.hw;

import org.jspecify.annotations.NullMarked;
