#pragma once

#include <QObject>

/// In a header of its own: moc cannot read the raw strings of the tests.
class WorkerProjectTest : public QObject {
    Q_OBJECT
  private slots:
    void readsJsonc();
    void readsToml();
    void jsoncGoesBeforeToml();
    void findsTheEntryWithoutConfig();
    void readsALoneFile();
    void namesUnsupportedBindings();
    void warnsAboutUnknownKeys();
    void refusesBadWorkflows();
    void workflowOfAnotherScript();
    void missingMain();
    void brokenConfigHasAPlace();
    void refusesZipsAndOthers();
    void looksOnly();
    void kebab();
};
