#pragma once

#include <QObject>

/// In a header of its own, since moc loses its way in raw string literals.
class Json : public QObject {
    Q_OBJECT
  private slots:
    void keepsOrderAndDigits();
    void refusesWhatIsNoJson_data();
    void refusesWhatIsNoJson();
    void deepNestingIsRefusedNotFatal();
    void pathsAndCopies();
    void foldingHidesAndCounts();
    void searchFindsKeysAndValuesAndUnfolds();
    void largeDocumentsStartFolded();
    void plainTextIsBrokenAtTheWidth();
    void escapesAndShortForms();
};
