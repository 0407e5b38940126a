package io.twinport.control.kernel;

import io.twinport.posix.InterfaceFeatures;
import io.twinport.posix.Interfaces;
import io.twinport.posix.QueueDiscipline;
import java.util.Map;
import java.util.Optional;

/** This machine's kernel. */
final class KernelControls implements InterfaceChanges.Controls {
    @Override
    public boolean hasFlag(int index, int flag) {
        return Interfaces.link(index).filter(link -> link.hasFlag(flag)).isPresent();
    }

    @Override
    public void setFlag(int index, int flag, boolean on) {
        Interfaces.setFlags(index, flag, on);
    }

    @Override
    public Map<String, Boolean> features(int index) {
        return InterfaceFeatures.of(index);
    }

    @Override
    public void setFeatures(int index, Map<String, Boolean> wanted) {
        InterfaceFeatures.set(index, wanted);
    }

    @Override
    public Optional<String> discipline(int index) {
        return QueueDiscipline.given(index);
    }

    @Override
    public void dropAll(int index, boolean on) {
        if (on) {
            QueueDiscipline.dropAll(index);
        } else {
            QueueDiscipline.putBackDefault(index);
        }
    }

    @Override
    public Optional<OtherEnd> otherEnd(int index) {
        return OtherEnd.of(index);
    }
}
