#pragma once

#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "tests/engine/runtime/runtime_harness.h"
#endif

#include <QObject>

#include <memory>
#include <string>

/// Every kind of value that structured clone allows survives a step, and a replay sees what the first run
/// saw.
class TestCodec : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase();
    void roundTrip_data();
    void roundTrip();
    void plainValuesTravelAsJson();
    void previewsAreReadable_data();
    void previewsAreReadable();

  private:
    stepwell::engine::test::Line output(const std::string& name);

    std::unique_ptr<stepwell::engine::test::RuntimeHarness> m_harness;
    stepwell::engine::Bundle m_bundle;
};
