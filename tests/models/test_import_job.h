#pragma once

#include <QObject>

/// In a header of its own: moc cannot read the raw strings of the tests.
class ImportJobTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase();
    void importsAProject();
    void setsTheCrons();
    void refusedCronsAreTold();
    void importsALoneFile();
    void syntaxErrorsHaveAPlace();
    void missingImportsHaveAPlaceAndARemedy();
    void reportsAreRead();
    void missingClassIsNamed();
    void noWorkflowAtAll();
    void refusedUploadKeepsTheReason();
    void refusedWorkflowIsNamed();
    void cancelStopsEverything();
    void missingEsbuildIsSaid();
    void nodeModulesNeedTheFlag();
    void findsClassesInBundles();
    void metadata();
};
