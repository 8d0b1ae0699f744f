using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Bert.MLNet.Tasks;

/// <summary>Reads generated texts together with the texts that are correct, for evaluation.</summary>
internal static class ReferenceTexts
{
    /// <summary>Calls an action with each generated text and its references, in one pass over the data.</summary>
    /// <param name="env">The environment.</param>
    /// <param name="data">The data.</param>
    /// <param name="labelColumnName">
    /// The column of references: text, or a vector of text. Empty texts beside others are left out; alone, they are a reference.
    /// </param>
    /// <param name="predictedTextColumnName">The column of generated texts: text, or a vector of text with the best first.</param>
    /// <param name="visit">The action.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or a row has no reference.</exception>
    public static void Scan(
        IHostEnvironment env, IDataView data, string labelColumnName, string predictedTextColumnName,
        Action<string, IReadOnlyList<string>> visit)
    {
        TextDataViewType text = TextDataViewType.Instance;
        DataViewSchema.Column labels = OneOrManyColumn.Find(data.Schema, labelColumnName, nameof(labelColumnName), text);
        DataViewSchema.Column predictions =
            OneOrManyColumn.Find(data.Schema, predictedTextColumnName, nameof(predictedTextColumnName), text);
        bool any = false;
        DataScan.Run(env, data, [labels, predictions], row =>
        {
            Func<ReadOnlyMemory<char>[]> getLabels = OneOrManyColumn.CreateReader<ReadOnlyMemory<char>>(row, labels);
            Func<ReadOnlyMemory<char>[]> getPredictions = OneOrManyColumn.CreateReader<ReadOnlyMemory<char>>(row, predictions);
            return () =>
            {
                any = true;
                string[] references = [.. getLabels().Select(label => label.ToString())];
                if (references.Length == 0)
                {
                    throw new InvalidOperationException(
                        $"Row {row.Position} has no text in column '{labelColumnName}'. Leave out rows without a reference.");
                }
                string[] filled = [.. references.Where(reference => reference.Length > 0)];
                visit(getPredictions().FirstOrDefault().ToString(), filled.Length > 0 ? filled : references[..1]);
            };
        });
        if (!any)
            throw new InvalidOperationException("The data has no rows, so there is nothing to evaluate.");
    }
}
