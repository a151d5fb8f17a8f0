#pragma once

#include <QObject>

/// In a header of its own: moc cannot read the raw strings of the tests.
class ParseTest : public QObject {
    Q_OBJECT
  private slots:
    void successDecidesNotTheHttpStatus();
    void errorsKeepCodeAndServerText();
    void answersThatAreNoEnvelope_data();
    void answersThatAreNoEnvelope();
    void workflowOfTheReference();
    void workflowWithExtension();
    void oddFieldsAreTolerated();
    void instanceListOfTheReference();
    void instanceOfTheReference();
    void undefinedIsNotNull();
    void whatIsNewIsKeptAsItCame();
    void newFieldsAreBounded();
    void deepAnswersAreRefused();
    void instanceOfTheLocalExplorer();
    void instanceWithExtension();
    void rollbackAndCpuTime();
    void settingsOfAWorkflow();
    void graphOfAVersion();
    void versionWithoutGraph();
    void cronsOfAWorker();
    void stepOutputs();
    void logLines();
    void healthAnswer();
    void liveEvents();
    void bodiesPassJsonThrough();
};
