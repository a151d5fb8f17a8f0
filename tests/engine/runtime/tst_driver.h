#pragma once

#ifndef Q_MOC_RUN  // nor <compare>
#include "tests/engine/runtime/runtime_harness.h"
#endif

#include <QObject>

#include <memory>
#include <string>

/// Declared here because moc 6.4 cannot read the raw strings of the source file.
class TestDriver : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase();
    void runsStepByStep();
    void replaysHistory();
    void resumesAnOpenStep();
    void parallelAndNested();
    void failures_data();
    void failures();
    void rejectedLikeOnReplay();
    void misuse();
    void stepLimit();
    void config();
    void sleepUntilKeepsItsTarget();
    void holdsNewSteps();
    void lateResultIsIgnored();
    void droppedAndStaleRunsAreSilent();
    void unknownClass();
    void aHandlerThatAReplayDoesNotRegisterIsMissing();
    void aStepsFailureThatIsHandledLateIsNotLogged();
    void stacksNameTheSources();
    void anUnreadableSourceMapChangesNothing();
    void logs();
    void largeFrames();

  private:
    std::string end(const std::string& kind);
    void begin(const std::string& className, const std::string& params = "j{}",
               const std::string& history = {});
    void send(const std::string& lines) { m_harness->send(m_bundle, lines); }

    std::unique_ptr<stepwell::engine::test::RuntimeHarness> m_harness;
    stepwell::engine::Bundle m_bundle;
};
