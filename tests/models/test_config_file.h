#pragma once

#include <QObject>

/// In a header of its own: moc cannot read the raw strings of the tests.
class ConfigFileTest : public QObject {
    Q_OBJECT
  private slots:
    void takesCommentsAndTrailingCommas();
    void keepsStringsAsTheyAre();
    void saysWhereJsonIsWrong();
    void saysWhereTomlIsWrong();
    void readsToml();
    void wantsAnObject();
};
