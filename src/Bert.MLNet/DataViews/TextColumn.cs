namespace Bert.MLNet.DataViews;

internal static class TextColumn
{
    /// <summary>A column and the first words of its text, for error messages.</summary>
    public static string Describe(string columnName, ReadOnlySpan<char> text) =>
        text.Length > 40 ? $"column '{columnName}' (\"{text[..40]}…\")" : $"column '{columnName}' (\"{text}\")";
}
