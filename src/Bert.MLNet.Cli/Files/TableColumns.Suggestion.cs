using Bert.MLNet.Cli.Messages;

namespace Bert.MLNet.Cli.Files;

internal static partial class TableColumns
{
    static partial void Suggest(string column, IReadOnlyList<string> names, ref string message) =>
        message += Suggestion.For(column, names);
}
