#pragma once

#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "tests/engine/runtime/runtime_harness.h"
#include "tests/engine/runtime/test_server.h"
#endif

#include <QObject>

#include <memory>
#include <string>

/// Requests of user code, from the sandbox through the engine to a server and back.
class TestEgress : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase();
    void fetchIsPerformedAndRecorded();
    void ownHeadersDoNotGetOut();
    void nothingGetsOutThatMayBeForgotten();
    void serversCannotForgeAFailure();
    void redirectsAndCompressionAreTheCallersBusiness();
    void requestOutsideAStep();
    void unreachableServerThrows();
    void otherSchemesAreRefused();
    void answerAboveTheLimitIsCut();
    void abortEndsTheRequest();
    void deathOfTheProcessEndsTheRequest();
    void tooManyAtOnceWaitAndFarTooManyFail();
    void whoGivesUpWhileWaitingIsNotSent();

  private:
    std::string fetch(const std::string& path, const std::string& init = "{}",
                      const std::string& className = "Fetch");
    void begin(const std::string& url, const std::string& init, const std::string& className);

    stepwell::engine::test::TestServer m_server;
    std::unique_ptr<stepwell::engine::test::RuntimeHarness> m_harness;
    stepwell::engine::Bundle m_bundle;
};
