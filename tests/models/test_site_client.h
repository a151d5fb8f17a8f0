#pragma once

#include <QObject>

namespace stepwell::test {

/// In a header of its own: moc does not read raw string literals well.
class SiteClientTest : public QObject {
    Q_OBJECT
  private slots:
    void readsProjects();
    void readsDeployments();
    void passesFiltersOn();
    void saysWhenFiltersAreUnknown();
    void changesOnlyWhatIsSet();
    void deletesAndRollsBack();
    void keepsOddAnswersHarmless();
    void readsRulesAndExplanations();
    void readsTheLogOfRequests();
    void visitsWithoutTheToken();
};

}  // namespace stepwell::test
