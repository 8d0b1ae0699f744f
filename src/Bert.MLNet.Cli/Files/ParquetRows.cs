using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace Bert.MLNet.Cli.Files;

/// <summary>Reads the rows of a Parquet file, with one row group in memory.</summary>
internal static class ParquetRows
{
    public const string Extension = ".parquet";

    public static bool Is(string path) => Path.GetExtension(path).Equals(Extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>The columns of texts, numbers and Boolean values, and whether each contains integers.</summary>
    public static (string Name, bool IsInteger)[] Columns(string path)
    {
        using var file = new ParquetFile(path);
        return [.. file.Fields.Select(field => (field.Name, field.ClrType == typeof(int) || field.ClrType == typeof(long)))];
    }

    public static long Count(string path)
    {
        using var file = new ParquetFile(path);
        return file.Reader.RowGroups.Sum(group => group.RowCount);
    }

    /// <summary>The cells of some columns as text, or null if a value is missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Names of <see cref="Columns"/>.</param>
    /// <param name="skip">The number of rows to skip; whole row groups are not read.</param>
    /// <param name="cancellation">Ends the reading before the next row.</param>
    public static IEnumerable<string?[]> Read(string path, IReadOnlyList<string> columns, long skip, CancellationToken cancellation)
    {
        using var file = new ParquetFile(path);
        DataField[] fields = [.. columns.Select(column => file.Fields.First(field => field.Name == column))];
        for (int i = 0; i < file.Reader.RowGroupCount; i++)
        {
            using ParquetRowGroupReader group = file.Reader.OpenRowGroupReader(i);
            if (skip >= group.RowCount)
            {
                skip -= group.RowCount;
                continue;
            }
            string?[][] cells;
            try
            {
                cells = [.. fields.Select(field => Cells(group, field))];
            }
            catch (Exception error) // including OutOfMemoryException: a damaged file can request too much memory
            {
                throw Unreadable(path, error);
            }
            for (long row = skip; row < group.RowCount; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return [.. cells.Select(column => column[row])];
            }
            skip = 0;
        }
    }

    /// <summary>The cells of some columns of all rows; a missing value is empty.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns, by name or counted from 0.</param>
    public static IEnumerable<string[]> Cells(string path, params string[] columns)
    {
        string[] names = [.. Columns(path).Select(column => column.Name)];
        string[] wanted = [.. columns.Select(column => names[TableColumns.Find(path, names, names.Length, column)])];
        return Read(path, wanted, 0, default).Select(row => Array.ConvertAll(row, cell => cell ?? ""));
    }

    private static string?[] Cells(ParquetRowGroupReader group, DataField field)
    {
        if (field.ClrType == typeof(int))
            return Values<int>(group, field, value => value.ToString(CultureInfo.InvariantCulture));
        if (field.ClrType == typeof(long))
            return Values<long>(group, field, value => value.ToString(CultureInfo.InvariantCulture));
        if (field.ClrType == typeof(float))
            return Values<float>(group, field, value => value.ToString("R", CultureInfo.InvariantCulture));
        if (field.ClrType == typeof(double))
            return Values<double>(group, field, value => value.ToString("R", CultureInfo.InvariantCulture));
        if (field.ClrType == typeof(bool))
            return Values<bool>(group, field, value => value ? "true" : "false");
        string?[] texts = new string?[group.RowCount];
        Wait(group.ReadAsync(field, texts.AsMemory()));
        return texts;
    }

    private static string?[] Values<T>(ParquetRowGroupReader group, DataField field, Func<T, string> text)
        where T : struct
    {
        if (field.IsNullable)
        {
            var some = new T?[group.RowCount];
            Wait(group.ReadAsync(field, some.AsMemory()));
            return [.. some.Select(value => value is { } present ? text(present) : null)];
        }
        var values = new T[group.RowCount];
        Wait(group.ReadAsync(field, values.AsMemory()));
        return [.. values.Select(text)];
    }

    private static InvalidDataException Unreadable(string path, Exception error) =>
        new($"'{path}' cannot be read as a Parquet file: {error.Message}", error);

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();

    /// <summary>An open file, and its columns with one value per row.</summary>
    private sealed class ParquetFile : IDisposable
    {
        private static readonly Type[] s_types =
            [typeof(ReadOnlyMemory<char>), typeof(int), typeof(long), typeof(float), typeof(double), typeof(bool)];

        private readonly FileStream _stream;

        public ParquetFile(string path)
        {
            _stream = File.OpenRead(path);
            try
            {
                Reader = ParquetReader.CreateAsync(_stream, new ParquetOptions { TreatByteArrayAsString = true }).GetAwaiter().GetResult();
                Fields = [.. Reader.Schema.Fields.OfType<DataField>().Where(field => !field.IsArray && s_types.Contains(field.ClrType))];
            }
            catch (Exception error)
            {
                _stream.Dispose();
                throw Unreadable(path, error);
            }
        }

        public ParquetReader Reader { get; }

        public DataField[] Fields { get; }

        public void Dispose()
        {
            Reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _stream.Dispose();
        }
    }
}
