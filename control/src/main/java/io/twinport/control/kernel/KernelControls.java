package io.twinport.control.kernel;

import io.twinport.posix.InterfaceControl;
import io.twinport.posix.QueueDiscipline;
import java.util.Map;
import java.util.Optional;

/** This machine's kernel. */
final class KernelControls implements QuietInterface.Controls {
    @Override
    public boolean hasFlag(String name, int flag) {
        return (InterfaceControl.flags(name) & flag) != 0;
    }

    @Override
    public void setFlag(String name, int flag, boolean on) {
        InterfaceControl.setFlags(name, flag, on);
    }

    @Override
    public Map<String, Boolean> features(String name) {
        return InterfaceControl.features(name);
    }

    @Override
    public void setFeatures(String name, Map<String, Boolean> wanted) {
        InterfaceControl.setFeatures(name, wanted);
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
}
